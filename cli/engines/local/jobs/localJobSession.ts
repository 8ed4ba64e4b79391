import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { commandLineOf } from "../../../../etl/contract/arguments.ts";
import { databaseName, jobExitCodes } from "../../../../etl/contract/contract.ts";
import type { JobReport } from "../../../../etl/contract/report.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import { identify, signalProcess } from "../../../common/process/processIdentity.ts";
import { projectRoot } from "../../../common/projectRoot.ts";
import type { Context, JobRun, JobSession, JobState } from "../../port.ts";
import { folderUri, type LocalPaths } from "../shared/paths.ts";
import { JobHost } from "./jobHost.ts";
import { type Exit, type JobProcesses, SpawnedJobs } from "./jobProcesses.ts";
import { datasetsFile } from "./news.ts";
import type { RunLock } from "./runLock.ts";
import { engineLog, hostLog, readReport, reportFailure } from "./runReports.ts";
import { SailServer } from "./sailServer.ts";

/** Lines of a failed job's log that are shown immediately. */
const tailLines = 15;

/** One run: the engine, and each job as a process of its own that begins with its imports done where that is safe. */
export class LocalJobSession implements JobSession {
	readonly runId: string;
	readonly #paths: LocalPaths;
	readonly #folder: string;
	readonly #lock: RunLock;
	readonly #server: SailServer;
	readonly #processes: JobProcesses;

	/**
	 * @param options.forks whether processes of jobs may be forks of one that has imported what they need.
	 * @param options.ahead whether that has the engine's client before a job asks for it.
	 */
	constructor(
		paths: LocalPaths,
		runId: string,
		folder: string,
		lock: RunLock,
		{ forks = process.platform === "linux", ahead = false }: { forks?: boolean; ahead?: boolean } = {},
	) {
		this.#paths = paths;
		this.runId = runId;
		this.#folder = folder;
		this.#lock = lock;
		const python = join(paths.python, "bin", "python");
		this.#server = new SailServer(python, join(folder, engineLog));
		const env = {
			...process.env,
			PYTHONPATH: join(projectRoot, "etl"),
			PYTHONUNBUFFERED: "1",
			PYTHONDONTWRITEBYTECODE: "1",
			TZ: "UTC",
		};
		this.#processes = forks ? new JobHost(python, env, join(folder, hostLog), ahead) : new SpawnedJobs(python, env);
	}

	async run(job: JobDefinition, context: Context): Promise<JobRun> {
		const log = join(this.#folder, `${job.name}.log`);
		const startedAt = new Date();
		const exit = await this.#spawn(job, log, context);
		const { state, report } = await this.#ending(job, startedAt, exit, log, context.signal);
		return {
			job: job.name,
			id: `${this.runId}/${job.name}`,
			state,
			seconds: (Date.now() - startedAt.getTime()) / 1000,
			log,
			...(report === undefined ? {} : { report }),
			...(state === "succeeded" || state === "quality_failed" ? {} : { logTail: await tail(log) }),
		};
	}

	/** How a job ended; one that died without a report gets a report of that, by which its failure is seen until a good run. */
	async #ending(
		job: JobDefinition,
		startedAt: Date,
		exit: Exit,
		log: string,
		signal: AbortSignal,
	): Promise<{ state: JobState; report?: JobReport }> {
		const ended = stateOf(exit, signal);
		const { report, damaged } = await readReport(this.#paths, this.runId, job.name);
		if (ended === "stopped" || report?.state === ended) return { state: ended, ...(report && { report }) };
		const how = `It ended with ${exit.signal ?? `exit code ${exit.code}`}`;
		const [last] = (await tail(log)).slice(-1);
		const why = damaged ?? `${how}${report === undefined ? " and left no report" : ", not as it reported"}.`;
		const error = last === undefined || last === "" ? why : `${why} Its log ends: ${last}`;
		const place = { runId: this.runId, job: job.name, startedAt };
		return { state: "failed", report: await reportFailure(this.#paths, place, report, error) };
	}

	async close(): Promise<void> {
		await Promise.all([this.#processes.close(), this.#server.stop()]);
		await this.#lock.free();
	}

	async #spawn(job: JobDefinition, log: string, { signal }: Context): Promise<Exit> {
		const remote = await this.#server.remote(signal);
		const call = { script: job.script, args: this.#arguments(job), log, env: { SPARK_REMOTE: remote } };
		const { pid, ended } = await this.#processes.start(call);
		if (pid === undefined) return ended;
		const started = identify(pid);
		const stop = (): void => signalProcess(started, "SIGTERM");
		signal.addEventListener("abort", stop, { once: true });
		if (signal.aborted) stop();
		await this.#lock.addChild(started);
		try {
			return await ended;
		} finally {
			signal.removeEventListener("abort", stop);
		}
	}

	#arguments(job: JobDefinition): string[] {
		return commandLineOf({
			raw_uri: folderUri(this.#paths.raw),
			processed_uri: folderUri(this.#paths.processed),
			database: databaseName("local"),
			datasets_uri: pathToFileURL(join(this.#folder, datasetsFile)).href,
			run_id: this.runId,
			...job.arguments,
			...job.forRun,
		});
	}
}

function stateOf({ code }: Exit, signal: AbortSignal): JobState {
	if (code === jobExitCodes.succeeded) return "succeeded";
	if (code === jobExitCodes.quality_failed) return "quality_failed";
	return signal.aborted ? "stopped" : "failed";
}

async function tail(path: string): Promise<string[]> {
	const text = await readFile(path, "utf8");
	return text.trimEnd().split("\n").slice(-tailLines);
}
