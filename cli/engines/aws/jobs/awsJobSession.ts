import type { GlueClient, JobRun as GlueRun } from "@aws-sdk/client-glue";
import { dashed } from "../../../../etl/contract/arguments.ts";
import { byHandRunId } from "../../../../etl/contract/runId.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { bug, PipelineError } from "../../../common/errors.ts";
import { PlannedStop } from "../../plan.ts";
import type { Context, JobRun, JobSession } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";
import { poll } from "../client/poll.ts";
import { driverLines, runLink } from "./driverLog.ts";
import { glueName, idOf, runIdOf, runsOf, time } from "./glueRuns.ts";
import { costOf, faultOf, jobRunState, stateOfRun } from "./jobRunStates.ts";
import { readReport } from "./runReport.ts";

/** Lines of a failed job's log that are shown immediately. */
const tailLines = 15;

/** A run of a job that goes. */
interface Begun {
	/** Glue's id of it. */
	id: string;
	/** Whether somebody else had started it. */
	attached: boolean;
	/** Command that stops it. */
	stop: string;
}

/** One run of jobs, or the part of it that is followed from here. */
export class AwsJobSession implements JobSession {
	#runId: string;
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;
	readonly #glue: GlueClient;

	constructor(clients: Clients, deployment: PipelineOutputs, glue: GlueClient, runId: string) {
		this.#clients = clients;
		this.#deployment = deployment;
		this.#glue = glue;
		this.#runId = runId;
	}

	get runId(): string {
		return this.#runId;
	}

	async run(job: JobDefinition, context: Context, update: (detail: string) => void = () => undefined): Promise<JobRun> {
		const name = glueName(this.#deployment, job.name);
		let begun: Begun;
		try {
			begun = await this.begin(job);
		} catch (error) {
			// In a dry run nothing was started; the jobs behind it are planned too.
			if (error instanceof PlannedStop)
				return { job: job.name, id: "planned", state: "succeeded", seconds: 0, log: "" };
			throw error;
		}
		context.ongoing?.set(begun.id, { what: `Glue job ${name}, run ${begun.id}.`, stop: begun.stop });
		const run = await poll(context.signal, async () => {
			const found = await this.#find(name, begun.id);
			if (found === undefined || jobRunState(found) !== "going") return found;
			update(`${begun.attached ? "joined, " : ""}${found.JobRunState?.toLowerCase()}`);
			return undefined;
		});
		context.ongoing?.delete(begun.id);
		return this.#result(job, name, run, begun.attached);
	}

	async close(): Promise<void> {}

	/** The run to follow: of this run id, or of whoever else has the job going, or a new one. */
	async begin(job: JobDefinition): Promise<Begun> {
		const name = glueName(this.#deployment, job.name);
		const known = await this.#newestOf(job);
		if (known !== undefined) return this.#join(known, name);
		const { StartJobRunCommand } = await import("@aws-sdk/client-glue");
		try {
			const { JobRunId: id = "" } = await this.#glue.send(
				new StartJobRunCommand({
					JobName: name,
					Arguments: { "--run_id": this.runId, ...dashed(job.forRun ?? {}) },
				}),
			);
			return await this.#yieldToEarlier(job, name, id);
		} catch (error) {
			if (!isAwsError(error, "ConcurrentRunsExceededException")) throw error;
			const other = await this.#newestOf(job);
			if (other === undefined) throw error;
			return this.#join(other, name);
		}
	}

	/** Follows a run of somebody else's, and takes its run id: so the jobs behind it are theirs too, also once they have ended. */
	#join(run: GlueRun, name: string): Begun {
		if (runIdOf(run) !== byHandRunId) this.#runId = runIdOf(run);
		return this.#begun(name, idOf(run), true);
	}

	#begun(name: string, id: string, attached: boolean): Begun {
		const { region } = this.#deployment;
		const stop = `aws glue batch-stop-job-run --region ${region} --job-name ${name} --job-run-ids ${id}`;
		return { id, attached, stop };
	}

	/**
	 * Two may have looked at the same time and started at the same time. Glue then queues the later run, which would do the work once
	 * more; it is taken back, and the earlier one followed.
	 */
	async #yieldToEarlier(job: JobDefinition, name: string, id: string): Promise<Begun> {
		const going = (await runsOf(this.#glue, this.#deployment, job.name)).filter((run) => jobRunState(run) === "going");
		const mine = going.find((run) => run.Id === id);
		const earlier = going
			.filter((run) => run.Id !== id && (time(run) < time(mine) || (time(run) === time(mine) && idOf(run) < id)))
			.sort((a, b) => time(a) - time(b))[0];
		if (earlier === undefined || mine === undefined) return this.#begun(name, id, false);
		const { BatchStopJobRunCommand } = await import("@aws-sdk/client-glue");
		await this.#glue.send(new BatchStopJobRunCommand({ JobName: name, JobRunIds: [id] }));
		return this.#join(earlier, name);
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
		if (ended === "going") throw bug(`${name} is still running`);
		const report = await readReport(this.#clients, this.#deployment.buckets.processed, runIdOf(run), job.name);
		const state = stateOfRun(ended, report);
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
