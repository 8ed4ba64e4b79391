import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { commandLineOf } from "../../../../etl/contract/arguments.ts";
import { databaseName, jobExitCodes } from "../../../../etl/contract/contract.ts";
import type { JobReport } from "../../../../etl/contract/report.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import type { PipelineError } from "../../../common/errors.ts";
import { endProcess, identify, signalProcess } from "../../../common/process/processIdentity.ts";
import type { Context, JobRun, JobSession, JobState } from "../../port.ts";
import { folderUri, type LocalPaths } from "../shared/paths.ts";
import type { JobEngine } from "./jobEngine.ts";
import type { Exit } from "./jobProcesses.ts";
import { datasetsFile } from "./news.ts";
import type { RunLock } from "./runLock.ts";
import { readReport, repeatReport, reportFailure } from "./runReports.ts";
import type { SailServer } from "./sailServer.ts";
import { foundNothing, type SettledJobs } from "./settled.ts";

/** Lines of a failed job's log that are shown immediately. */
const tailLines = 15;

/** How long a job whose engine has died may take to end. */
const orphanGraceMs = 2_000;

/** One run: each job as a process of its own, by an engine that it has alone meanwhile. */
export class LocalJobSession implements JobSession {
	readonly runId: string;
	readonly #paths: LocalPaths;
	readonly #folder: string;
	readonly #lock: RunLock;
	readonly #settled: SettledJobs | undefined;
	readonly #takeEngine: () => Promise<JobEngine>;
	#engine: Promise<JobEngine> | undefined;
	#hasWarned = false;
	/** What went wrong with a job may be the engine's fault, or be one of the engine's now. */
	#isGood = true;
	/** Whether a job found something: what others of the run saw may be what it made. */
	#hasWork = false;

	/**
	 * @param takeEngine begins the engine, where a job needs it. It is kept for a later run, or closed, when this is closed.
	 * @param settled jobs that need not be started; absent where all are.
	 */
	constructor(
		paths: LocalPaths,
		runId: string,
		folder: string,
		lock: RunLock,
		takeEngine: () => Promise<JobEngine>,
		settled?: SettledJobs,
	) {
		this.#paths = paths;
		this.runId = runId;
		this.#folder = folder;
		this.#lock = lock;
		this.#takeEngine = takeEngine;
		this.#settled = settled;
	}

	/** Begins the engine before the first job asks for it. */
	async begin(): Promise<void> {
		this.#engine ??= this.#takeEngine();
		await this.#engine;
	}

	async run(job: JobDefinition, context: Context): Promise<JobRun> {
		const log = join(this.#folder, `${job.name}.log`);
		const startedAt = new Date();
		const known = this.#hasWork ? undefined : this.#settled?.reportOf(callOf(job));
		if (known !== undefined) return this.#repeat(job, known, log, startedAt);
		const exit = await this.#spawn(job, log, context);
		const { state, report } = await this.#ending(job, startedAt, exit, log, context.signal);
		if (state !== "succeeded" && state !== "quality_failed") this.#isGood = false;
		if (report === undefined || !foundNothing(report)) this.#hasWork = true;
		else this.#settled?.add(callOf(job), report);
		return {
			job: job.name,
			id: `${this.runId}/${job.name}`,
			state,
			seconds: (Date.now() - startedAt.getTime()) / 1000,
			log,
			...(report === undefined ? {} : { report }),
			...(exit.orphaned === undefined ? {} : { fault: { kind: "EngineDied", message: exit.orphaned.message } }),
			...(state === "succeeded" || state === "quality_failed" ? {} : { logTail: await tail(log) }),
		};
	}

	/** The end of a job that is not started, since it would find what it found. */
	async #repeat(job: JobDefinition, known: JobReport, log: string, startedAt: Date): Promise<JobRun> {
		const same_as = known.same_as ?? known.run_id;
		const report = await repeatReport(this.#paths, this.runId, known, startedAt);
		await writeFile(
			log,
			`Not started: the lake, the definition and the code are unchanged since run ${same_as}, in which the job found nothing to do.\n`,
		);
		const seconds = (Date.now() - startedAt.getTime()) / 1000;
		return { job: job.name, id: `${this.runId}/${job.name}`, state: known.state, seconds, log, report };
	}

	/** How a job ended; one that died without a report gets a report of that, by which its failure is seen until a good run. */
	async #ending(
		job: JobDefinition,
		startedAt: Date,
		exit: Exit & { orphaned?: PipelineError },
		log: string,
		signal: AbortSignal,
	): Promise<{ state: JobState; report?: JobReport }> {
		const ended = stateOf(exit, signal);
		const { report, damaged } = await readReport(this.#paths, this.runId, job.name);
		const place = { runId: this.runId, job: job.name, startedAt };
		// What the job itself says of it is that a connection is refused.
		if (exit.orphaned !== undefined && ended === "failed") {
			return { state: "failed", report: await reportFailure(this.#paths, place, undefined, exit.orphaned.message) };
		}
		if (ended === "stopped" || report?.state === ended) return { state: ended, ...(report && { report }) };
		const how = `It ended with ${exit.signal ?? `exit code ${exit.code}`}`;
		const [last] = (await tail(log)).slice(-1);
		const why = damaged ?? `${how}${report === undefined ? " without a report" : ", which contradicts its report"}.`;
		const error = last === undefined ? why : `${why} Last line of its log: ${last}`;
		return { state: "failed", report: await reportFailure(this.#paths, place, report, error) };
	}

	async close(): Promise<void> {
		try {
			if (!this.#hasWork) await this.#settled?.save();
		} finally {
			await this.#leave();
		}
	}

	/** Whatever could not be written: as long as an engine runs that nobody has, its parent does not end. */
	async #leave(): Promise<void> {
		try {
			// One that could not be taken has failed a job already, or the beginning.
			const engine = await this.#engine?.catch(() => undefined);
			await engine?.keep(this.#isGood);
		} finally {
			await this.#lock.free();
		}
	}

	/** @returns how the job ended; `orphaned` where its engine had died before. */
	async #spawn(job: JobDefinition, log: string, context: Context): Promise<Exit & { orphaned?: PipelineError }> {
		const { signal } = context;
		this.#engine ??= this.#takeEngine();
		const { server, processes } = await this.#engine;
		const { address, ...network } = await server.remote(signal);
		await this.#warnOfOthers(server, context);
		const call = { script: job.script, args: this.#arguments(job), log, env: { SPARK_REMOTE: address }, ...network };
		const { pid, ended } = await processes.start(call);
		if (pid === undefined) return ended;
		const started = identify(pid);
		const stop = (): void => signalProcess(started, "SIGTERM");
		signal.addEventListener("abort", stop, { once: true });
		if (signal.aborted) stop();
		await this.#lock.addChild(started);
		try {
			const first = await Promise.race([ended, server.died]);
			if (!(first instanceof Error)) return first;
			// It would ask an engine that is gone for ten minutes more.
			await endProcess(started, "", orphanGraceMs);
			return { ...(await ended), orphaned: first };
		} finally {
			signal.removeEventListener("abort", stop);
		}
	}

	async #warnOfOthers(server: SailServer, { reporter, signal }: Context): Promise<void> {
		if (this.#hasWarned) return;
		this.#hasWarned = true;
		const exposure = await server.exposure(signal);
		if (exposure !== undefined) reporter.warn(exposure);
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

/** A job with what is its own in a run: the rest is of the stack, or of all runs. */
export function callOf({ name, script, arguments: usual, forRun }: JobDefinition): string {
	return JSON.stringify([name, script, usual ?? {}, forRun ?? {}]);
}

function stateOf({ code }: Exit, signal: AbortSignal): JobState {
	if (code === jobExitCodes.succeeded) return "succeeded";
	if (code === jobExitCodes.quality_failed) return "quality_failed";
	return signal.aborted ? "stopped" : "failed";
}

async function tail(path: string): Promise<string[]> {
	const text = (await readFile(path, "utf8")).trimEnd();
	return text === "" ? [] : text.split("\n").slice(-tailLines);
}
