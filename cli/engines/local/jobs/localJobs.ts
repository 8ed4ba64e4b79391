import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { commandLineOf } from "../../../../etl/contract/arguments.ts";
import { databaseName, jobExitCodes, lake } from "../../../../etl/contract/contract.ts";
import type { JobReport } from "../../../../etl/contract/report.ts";
import { isRunId, newRunId } from "../../../../etl/contract/runId.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import { jobsDocument } from "../../../../etl/models/document.ts";
import { namesIn } from "../../../common/fs.ts";
import { readJsonFile } from "../../../common/jsonFile.ts";
import { spawn } from "../../../common/process/childProcess.ts";
import { projectRoot } from "../../../common/projectRoot.ts";
import type {
	Context,
	JobRun,
	JobSession,
	JobState,
	Jobs,
	RunHistory,
	RunSummary,
	ScheduleStatus,
} from "../../port.ts";
import { reportFile } from "../../shared/jobReport.ts";
import { openModels } from "../../shared/models.ts";
import { deliverLeftovers } from "../eventStream/leftovers.ts";
import { ensurePython } from "../setup/python.ts";
import { stackDefinition } from "../shared/definition.ts";
import { folderUri, type LocalPaths } from "../shared/paths.ts";
import { readSchedule } from "../shared/scheduleFile.ts";
import { RunLock, runningRun } from "./runLock.ts";
import { SailServer } from "./sailServer.ts";

/** Lines of a failed job's log that are shown immediately. */
const tailLines = 15;
/** Runs whose logs and reports are kept. */
const keptRuns = 50;

/** Runs the jobs' scripts on Sail, each as a process of its own as on Glue. */
export class LocalJobs implements Jobs {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
	}

	async open(context: Context, { scheduled = false }: { scheduled?: boolean } = {}): Promise<JobSession> {
		await ensurePython(context, this.#paths, false);
		const runId = newRunId();
		const lock = await RunLock.take(this.#paths.runs, runId, context.signal, {
			scheduled,
			onWait: (going, wait) => context.reporter.task(`Wait for the scheduled run ${going}`, wait),
		});
		try {
			await this.#removeRuns(keptRuns);
			const definition = await stackDefinition(this.#paths);
			const folder = join(this.#paths.runs, runId);
			await mkdir(folder, { recursive: true });
			await mkdir(this.#paths.raw, { recursive: true });
			await mkdir(this.#paths.processed, { recursive: true });
			await deliverLeftovers({ spool: this.#paths.delivery, raw: this.#paths.raw });
			const document = jobsDocument(definition, await openModels(definition), definition.pipeline.clicks?.schema);
			await writeFile(join(folder, "datasets.json"), JSON.stringify(document));
			return new LocalJobSession(this.#paths, runId, folder, lock);
		} catch (error) {
			await lock.free();
			throw error;
		}
	}

	async alone<T>(context: Context, work: () => Promise<T>): Promise<T> {
		const lock = await RunLock.take(this.#paths.runs, newRunId(), context.signal, {
			onWait: (going, wait) => context.reporter.task(`Wait for the scheduled run ${going}`, wait),
		});
		try {
			return await work();
		} finally {
			await lock.free();
		}
	}

	removeRuns(): Promise<void> {
		return this.#removeRuns(0);
	}

	async lastRun(): Promise<RunSummary | undefined> {
		const [newest] = await this.runs(1);
		if (newest === undefined) return undefined;
		return { ...newest, jobs: newest.jobs.map(({ job, state }) => ({ job, state })) };
	}

	async runs(count: number): Promise<RunHistory[]> {
		const ids = (await namesIn(this.#paths.runs)).filter(isRunId).slice(-count).reverse();
		const running = (await runningRun(this.#paths.runs))?.runId;
		return Promise.all(
			ids.map(async (runId) => ({ runId, running: running === runId, jobs: await this.#reports(runId) })),
		);
	}

	schedule(): Promise<ScheduleStatus | undefined> {
		return readSchedule(this.#paths);
	}

	async #reports(runId: string): Promise<RunHistory["jobs"]> {
		const folder = join(this.#paths.processed, lake.runs, runId);
		// Beside them is a folder of what the jobs say of bad data.
		const files = (await namesIn(folder)).filter((name) => name.endsWith(".json"));
		const reports = await Promise.all(
			files.map((file) => readJsonFile(join(folder, file), reportFile(basename(file, ".json")))),
		);
		return reports.flatMap((report) =>
			report === undefined ? [] : [{ job: report.job, state: report.state, report }],
		);
	}

	/** @param kept how many of the newest runs keep their logs and reports. */
	async #removeRuns(kept: number): Promise<void> {
		for (const folder of [this.#paths.runs, join(this.#paths.processed, lake.runs)]) {
			const runs = (await namesIn(folder)).filter(isRunId);
			for (const name of runs.slice(0, Math.max(0, runs.length - kept)))
				await rm(join(folder, name), { recursive: true, force: true });
		}
	}
}

class LocalJobSession implements JobSession {
	readonly runId: string;
	readonly #paths: LocalPaths;
	readonly #folder: string;
	readonly #lock: RunLock;
	readonly #server: SailServer;

	constructor(paths: LocalPaths, runId: string, folder: string, lock: RunLock) {
		this.#paths = paths;
		this.runId = runId;
		this.#folder = folder;
		this.#lock = lock;
		this.#server = new SailServer(this.#python(), join(folder, "sail.log"));
	}

	async run(job: JobDefinition, context: Context): Promise<JobRun> {
		const log = join(this.#folder, `${job.name}.log`);
		const startedAt = Date.now();
		const exit = await this.#spawn(job, log, context);
		const report = await this.#report(job);
		const state = stateOf(exit, context.signal);
		return {
			job: job.name,
			id: `${this.runId}/${job.name}`,
			state,
			seconds: (Date.now() - startedAt) / 1000,
			log,
			...(report === undefined ? {} : { report }),
			...(state === "succeeded" || state === "quality_failed" ? {} : { logTail: await tail(log) }),
		};
	}

	async close(): Promise<void> {
		await this.#server.stop();
		await this.#lock.free();
	}

	#python(): string {
		return join(this.#paths.python, "bin", "python");
	}

	async #spawn(job: JobDefinition, log: string, context: Context): Promise<Exit> {
		const remote = await this.#server.remote();
		const output = await open(log, "w");
		try {
			const child = spawn(this.#python(), [job.script, ...this.#arguments(job)], {
				stdio: ["ignore", output.fd, output.fd],
				env: {
					...process.env,
					SPARK_REMOTE: remote,
					PYTHONPATH: join(projectRoot, "etl"),
					PYTHONUNBUFFERED: "1",
					PYTHONDONTWRITEBYTECODE: "1",
					TZ: "UTC",
				},
			});
			const ended = new Promise<Exit>((resolve, reject) => {
				child.once("error", reject);
				child.once("close", (code, signal) => resolve({ code, signal }));
			});
			const stop = (): void => void child.kill("SIGTERM");
			context.signal.addEventListener("abort", stop, { once: true });
			if (context.signal.aborted) stop();
			if (child.pid !== undefined) await this.#lock.addChild(child.pid);
			try {
				return await ended;
			} finally {
				context.signal.removeEventListener("abort", stop);
			}
		} finally {
			await output.close();
		}
	}

	#arguments(job: JobDefinition): string[] {
		return commandLineOf({
			raw_uri: folderUri(this.#paths.raw),
			processed_uri: folderUri(this.#paths.processed),
			database: databaseName("local"),
			datasets_uri: pathToFileURL(join(this.#folder, "datasets.json")).href,
			run_id: this.runId,
			...job.arguments,
			...job.forRun,
		});
	}

	#report(job: JobDefinition): Promise<JobReport | undefined> {
		return readJsonFile(join(this.#paths.processed, lake.report(this.runId, job.name)), reportFile(job.name));
	}
}

interface Exit {
	code: number | null;
	signal: NodeJS.Signals | null;
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
