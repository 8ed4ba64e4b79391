import type { GlueClient, JobRun as GlueRun } from "@aws-sdk/client-glue";
import { lake } from "../../../../etl/contract/contract.ts";
import { byHandRunId, newRunId } from "../../../../etl/contract/runId.ts";
import { type JobDefinition, jobWaves } from "../../../../etl/definition/jobs.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError, RunGoing } from "../../../common/errors.ts";
import { unlessPlanned } from "../../plan.ts";
import type { BackgroundRun, Context, JobSession, Jobs, RunHistory, RunSummary, ScheduleStatus } from "../../port.ts";
import { openDefinition } from "../../shared/definition.ts";
import type { Clients } from "../client/clients.ts";
import { removeObjects } from "../client/removeObjects.ts";
import { AwsJobSession } from "./awsJobSession.ts";
import { runIdOf, runsOf, time } from "./glueRuns.ts";
import { jobRunState, stateOfRun } from "./jobRunStates.ts";
import { type LakeLease, takeLease } from "./lakeLease.ts";
import { recentRuns } from "./recentRuns.ts";
import { readReport } from "./runReport.ts";
import { scheduleStatus } from "./schedule.ts";
import { startStateMachine } from "./stateMachine.ts";

/** The stack's Glue jobs. Whoever comes second, from here or by the schedule, joins the run that is going. */
export class AwsJobs implements Jobs {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;
	/** Runs that had ended before `alone` began. */
	#knownRuns: ReadonlySet<string> = new Set();
	#lease: LakeLease | undefined;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	#jobs(): readonly JobDefinition[] {
		return openDefinition(this.#deployment.definition).jobs;
	}

	open(context: Context): Promise<JobSession> {
		return this.#open(context);
	}

	async #open(context: Context): Promise<AwsJobSession> {
		const glue = await this.#clients.glue();
		const going = await this.#going(glue);
		if (going !== undefined) context.reporter.note(`Joining run ${going}, which is in progress.`);
		return new AwsJobSession(this.#clients, this.#deployment, glue, going ?? newRunId());
	}

	/**
	 * The schedule, or somebody else, may still start a run: its jobs wait for the lease, and `removeRuns` looks once more, since
	 * the run knows the loads of before.
	 */
	async alone<T>(context: Context, work: (free: () => Promise<void>) => Promise<T>): Promise<T> {
		const before = await recentRuns(this.#clients, this.#deployment, this.#jobs());
		const going = before.find((run) => run.going);
		if (going !== undefined) {
			throw new RunGoing({
				what: `${going.name} is in progress.`,
				why: "Its jobs would write data again that the purge removes.",
				fix: "Wait until it ends, or stop it, then repeat the command.",
				next: "pipeline-cli status",
			});
		}
		this.#knownRuns = new Set(before.map(({ id }) => id));
		const { processed } = this.#deployment.buckets;
		const lease = await takeLease(this.#clients, processed, "pipeline-cli replication reload --purge", context);
		this.#lease = lease;
		try {
			return await work(() => lease.free());
		} finally {
			await lease.free();
		}
	}

	async removeRuns(): Promise<void> {
		const runs = await recentRuns(this.#clients, this.#deployment, this.#jobs(), this.#knownRuns);
		const begun = runs.find(({ id, going }) => going || !this.#knownRuns.has(id));
		if (begun !== undefined) {
			throw new RunGoing({
				what: `${begun.name} began during the purge.`,
				why: "Its jobs may have written removed data again.",
				fix: "Wait until it ends, then repeat the command. Replication stays stopped until then.",
				next: "pipeline-cli replication reload --purge",
			});
		}
		await this.#lease?.renew();
		await removeObjects(this.#clients, this.#deployment.buckets.processed, `${lake.runs}/`);
	}

	/** A run by hand, which has no id of its own and no report, is not among them. */
	async runs(count: number): Promise<RunHistory[]> {
		const glue = await this.#clients.glue();
		const found = await Promise.all(
			this.#jobs().map(async ({ name }) =>
				(await runsOf(glue, this.#deployment, name)).map((run) => ({ job: name, run, runId: runIdOf(run) })),
			),
		);
		const newestFirst = found
			.flat()
			.filter(({ runId }) => runId !== byHandRunId)
			.sort((a, b) => time(b.run) - time(a.run));
		const ids = [...new Set(newestFirst.map(({ runId }) => runId))].slice(0, count);
		return Promise.all(
			ids.map(async (runId) => {
				const mine = newestFirst.filter((entry) => entry.runId === runId);
				const jobs = await this.#ended(mine, runId);
				return { runId, running: mine.some(({ run }) => jobRunState(run) === "going"), jobs };
			}),
		);
	}

	/** Those of a run's jobs that have ended, with what they reported. */
	async #ended(mine: readonly { job: string; run: GlueRun }[], runId: string): Promise<RunHistory["jobs"]> {
		const jobs = await Promise.all(
			mine.map(async ({ job, run }): Promise<RunHistory["jobs"]> => {
				const state = jobRunState(run);
				if (state === "going") return [];
				const report = await readReport(this.#clients, this.#deployment.buckets.processed, runId, job);
				return [{ job, state: stateOfRun(state, report), ...(report !== undefined && { report }) }];
			}),
		);
		return jobs.flat();
	}

	async lastRun(): Promise<RunSummary | undefined> {
		const glue = await this.#clients.glue();
		const found = await Promise.all(
			this.#jobs().map(async (job) => ({ job: job.name, run: (await runsOf(glue, this.#deployment, job.name))[0] })),
		);
		const runs = found.flatMap(({ job, run }) => (run === undefined ? [] : [{ job, run }]));
		const newest = runs.reduce<GlueRun | undefined>(
			(best, { run }) => (time(run) > time(best) ? run : best),
			undefined,
		);
		if (newest === undefined) return undefined;
		const runId = runIdOf(newest);
		const mine = runs.filter(({ run }) => runIdOf(run) === runId);
		return {
			runId,
			running: mine.some(({ run }) => jobRunState(run) === "going"),
			jobs: (await this.#ended(mine, runId)).map(({ job, state }) => ({ job, state })),
		};
	}

	schedule(): Promise<ScheduleStatus | undefined> {
		return scheduleStatus(this.#clients, this.#deployment);
	}

	/** All jobs are the state machine's work, which keeps their order; jobs that wait for none of the others are started here. */
	async startInBackground(chosen: readonly JobDefinition[], context: Context): Promise<BackgroundRun> {
		if (chosen.length === this.#jobs().length) return startStateMachine(this.#clients, this.#deployment);
		if (jobWaves(chosen).length > 1) {
			throw new PipelineError("usage", {
				what: `${chosen.map(({ name }) => name).join(", ")} depend on each other, and with --no-wait this command cannot run them in order.`,
				why: "On AWS, the state machine orders jobs only when it runs all of them.",
				fix: "Choose independent jobs, run all jobs, or leave out --no-wait.",
				next: "pipeline-cli run-etl --no-wait",
			});
		}
		const session = await this.#open(context);
		const begun = await Promise.all(
			chosen.map((job) => unlessPlanned(() => session.begin(job), { id: "planned", attached: false, stop: "" })),
		);
		return {
			runId: session.runId,
			joined: begun.every(({ attached }) => attached),
			stop: begun.map(({ stop }) => stop).join("\n"),
		};
	}

	/** Id of the run of which a job is going now. */
	async #going(glue: GlueClient): Promise<string | undefined> {
		const found = await Promise.all(this.#jobs().map((job) => runsOf(glue, this.#deployment, job.name)));
		// A run that was started by hand has no id of its own: jobs join it one by one.
		const going = found.flat().find((run) => jobRunState(run) === "going" && runIdOf(run) !== byHandRunId);
		return going === undefined ? undefined : runIdOf(going);
	}
}
