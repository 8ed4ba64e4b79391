import { randomBytes } from "node:crypto";
import type { GlueClient, JobRun as GlueRun } from "@aws-sdk/client-glue";
import { jobs as allJobs, type JobDefinition } from "../../../../etl/jobs.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../errors.ts";
import { PlannedStop } from "../../plan.ts";
import type { Context, JobReport, JobRun, JobSession, JobState, Jobs, RunSummary } from "../../port.ts";
import { isAwsError } from "../awsError.ts";
import type { Clients } from "../clients.ts";
import { poll } from "../poll.ts";
import { driverLines, runLink } from "./driverLog.ts";
import { costOf, faultOf, jobRunState } from "./jobRunStates.ts";
import { readReport } from "./runReport.ts";
import { type BackgroundRun, startStateMachine } from "./stateMachine.ts";

/** Lines of a failed job's log that are shown at once. */
const tailLines = 15;

/** Runs of a job that are looked at, newest first: more than can be going. */
const recentRuns = 20;

/** Run id of a job that was started without one; a default argument in infra/glueArguments.ts. */
const byHand = "by-hand";

/** The stack's Glue jobs. Whoever comes second, from here or by the schedule, joins the run that is going. */
export class AwsJobs implements Jobs {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async open(context: Context): Promise<JobSession> {
		const glue = await this.#clients.glue();
		const going = await this.#going(glue);
		if (going !== undefined) context.reporter.note(`Joining the run ${going} that is going.`);
		return new AwsJobSession(this.#clients, this.#deployment, glue, going ?? newRunId());
	}

	async lastRun(): Promise<RunSummary | undefined> {
		const glue = await this.#clients.glue();
		const found = await Promise.all(
			allJobs.map(async (job) => ({ job: job.name, run: (await runsOf(glue, this.#deployment, job.name))[0] })),
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
			jobs: mine.flatMap(({ job, run }) => {
				const state = jobRunState(run);
				return state === "going" ? [] : [{ job, state }];
			}),
		};
	}

	startAll(): Promise<BackgroundRun> {
		return startStateMachine(this.#clients, this.#deployment, newRunId());
	}

	/** Id of the run of which a job is going now. */
	async #going(glue: GlueClient): Promise<string | undefined> {
		const found = await Promise.all(allJobs.map((job) => runsOf(glue, this.#deployment, job.name)));
		// A run that was started by hand has no id of its own: jobs join it one by one.
		const going = found.flat().find((run) => jobRunState(run) === "going" && runIdOf(run) !== byHand);
		return going === undefined ? undefined : runIdOf(going);
	}
}

class AwsJobSession implements JobSession {
	readonly runId: string;
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;
	readonly #glue: GlueClient;

	constructor(clients: Clients, deployment: PipelineOutputs, glue: GlueClient, runId: string) {
		this.#clients = clients;
		this.#deployment = deployment;
		this.#glue = glue;
		this.runId = runId;
	}

	async run(job: JobDefinition, context: Context): Promise<JobRun> {
		const name = glueName(this.#deployment, job.name);
		let begun: { id: string; attached: boolean };
		try {
			begun = await this.#begin(job, name);
		} catch (error) {
			// In a dry run nothing was started; the jobs behind it are planned too.
			if (error instanceof PlannedStop)
				return { job: job.name, id: "planned", state: "succeeded", seconds: 0, log: "" };
			throw error;
		}
		context.ongoing?.set(begun.id, {
			what: `Glue job ${name}, run ${begun.id}.`,
			stop: `aws glue batch-stop-job-run --region ${this.#deployment.region} --job-name ${name} --job-run-ids ${begun.id}`,
		});
		const run = await poll(context.signal, async () => {
			const found = await this.#find(name, begun.id);
			return found === undefined || jobRunState(found) === "going" ? undefined : found;
		});
		context.ongoing?.delete(begun.id);
		return this.#result(job, name, run, begun.attached);
	}

	async close(): Promise<void> {}

	/** The run to follow: of this run id, or of whoever else has the job going, or a new one. */
	async #begin(job: JobDefinition, name: string): Promise<{ id: string; attached: boolean }> {
		const known = await this.#newestOf(job);
		if (known !== undefined) return { id: idOf(known), attached: true };
		const { StartJobRunCommand } = await import("@aws-sdk/client-glue");
		try {
			const { JobRunId: id = "" } = await this.#glue.send(
				new StartJobRunCommand({ JobName: name, Arguments: { "--run_id": this.runId } }),
			);
			return await this.#yieldToEarlier(job, name, id);
		} catch (error) {
			if (!isAwsError(error, "ConcurrentRunsExceededException")) throw error;
			const other = await this.#newestOf(job);
			if (other === undefined) throw error;
			return { id: idOf(other), attached: true };
		}
	}

	/**
	 * Two may have looked at the same time and started at the same time. Glue then queues the later run, which would do the work once
	 * more; it is taken back, and the earlier one followed.
	 */
	async #yieldToEarlier(job: JobDefinition, name: string, id: string): Promise<{ id: string; attached: boolean }> {
		const going = (await runsOf(this.#glue, this.#deployment, job.name)).filter((run) => jobRunState(run) === "going");
		const mine = going.find((run) => run.Id === id);
		const earlier = going
			.filter((run) => run.Id !== id && (time(run) < time(mine) || (time(run) === time(mine) && idOf(run) < id)))
			.sort((a, b) => time(a) - time(b))[0];
		if (earlier === undefined || mine === undefined) return { id, attached: false };
		const { BatchStopJobRunCommand } = await import("@aws-sdk/client-glue");
		await this.#glue.send(new BatchStopJobRunCommand({ JobName: name, JobRunIds: [id] }));
		return { id: idOf(earlier), attached: true };
	}

	/** The newest run of the job that belongs to this run, or that is going. */
	async #newestOf(job: JobDefinition): Promise<GlueRun | undefined> {
		const runs = await runsOf(this.#glue, this.#deployment, job.name);
		return (
			runs.find((run) => jobRunState(run) === "going") ??
			runs.find((run) => runIdOf(run) === this.runId && jobRunState(run) !== "stopped")
		);
	}

	async #find(name: string, id: string): Promise<GlueRun | undefined> {
		const { GetJobRunCommand } = await import("@aws-sdk/client-glue");
		try {
			return (await this.#glue.send(new GetJobRunCommand({ JobName: name, RunId: id }))).JobRun;
		} catch (error) {
			// A run that was just started may not be visible yet.
			if (isAwsError(error, "EntityNotFoundException")) return undefined;
			throw error;
		}
	}

	async #result(job: JobDefinition, name: string, run: GlueRun, attached: boolean): Promise<JobRun> {
		const ended = jobRunState(run);
		if (ended === "going") throw new Error(`${name} is still going`);
		const report = await readReport(this.#clients, this.#deployment.buckets.processed, runIdOf(run), job.name);
		const state = stateOf(ended, report);
		const cost = costOf(run);
		const result: JobRun = {
			job: job.name,
			id: idOf(run),
			state,
			seconds: run.ExecutionTime ?? 0,
			log: runLink(this.#deployment.region, name, idOf(run)),
			attached,
			...(report === undefined ? {} : { report }),
			...(cost === undefined ? {} : { cost }),
		};
		if (state === "succeeded" || state === "quality_failed") return result;
		const fault = faultOf(run);
		return {
			...result,
			...(fault === undefined ? {} : { fault }),
			logTail: await this.#tail(run),
		};
	}

	async #tail(run: GlueRun): Promise<string[]> {
		try {
			const client = await this.#clients.logs();
			const lines = await driverLines(client, this.#deployment.jobLogGroups, idOf(run), tailLines);
			return lines.map(({ text }) => text);
		} catch (error) {
			// The failure itself matters more than that its log can't be read.
			if (error instanceof PipelineError && error.outcome === "serviceRefused") return [error.message];
			throw error;
		}
	}
}

/** A job that ends with the exit code of bad data is FAILED for Glue; its report knows better. */
function stateOf(ended: JobState, report: JobReport | undefined): JobState {
	return ended === "failed" && report?.state === "quality_failed" ? "quality_failed" : ended;
}

/** Newest first, as Glue gives them. */
export async function runsOf(glue: GlueClient, deployment: PipelineOutputs, job: string): Promise<GlueRun[]> {
	const { GetJobRunsCommand } = await import("@aws-sdk/client-glue");
	const { JobRuns: runs = [] } = await glue.send(
		new GetJobRunsCommand({ JobName: glueName(deployment, job), MaxResults: recentRuns }),
	);
	return runs;
}

export function glueName(deployment: PipelineOutputs, job: string): string {
	const name = deployment.jobs[job];
	if (name !== undefined) return name;
	throw new PipelineError("usage", {
		what: `The deployed stack ${deployment.stack} does not have the job ${job}.`,
		why: `It has ${Object.keys(deployment.jobs).join(", ")}.`,
		fix: "Deploy this version of the project.",
		next: `pulumi up --stack ${deployment.stack}`,
	});
}

function runIdOf(run: GlueRun): string {
	return run.Arguments?.["--run_id"] ?? byHand;
}

function idOf(run: GlueRun): string {
	return run.Id ?? "";
}

function time(run: GlueRun | undefined): number {
	return run?.StartedOn?.getTime() ?? 0;
}

/** For instance `20261120-131502-9f3a`: sorts by time. */
function newRunId(): string {
	const now = new Date().toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
	return `${now}-${randomBytes(2).toString("hex")}`;
}
