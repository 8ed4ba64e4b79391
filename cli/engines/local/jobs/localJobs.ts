import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { lake } from "../../../../etl/contract/contract.ts";
import { isRunId, newRunId, runIdAfter } from "../../../../etl/contract/runId.ts";
import { jobsDocument } from "../../../../etl/models/document.ts";
import { namesIn, removeBelow } from "../../../common/fs.ts";
import type { Context, JobSession, Jobs, RunHistory, RunSummary, ScheduleStatus } from "../../port.ts";
import { openModels } from "../../shared/models.ts";
import { deliverLeftovers } from "../eventStream/leftovers.ts";
import { ensurePython } from "../setup/python.ts";
import { stackDefinition } from "../shared/definition.ts";
import { forgetValues } from "../shared/forget.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { readSchedule } from "../shared/scheduleFile.ts";
import { JobEngine, needsOf } from "./jobEngine.ts";
import { lakePrint } from "./lakePrint.ts";
import { callOf, LocalJobSession } from "./localJobSession.ts";
import { datasetsFile, hasNews } from "./news.ts";
import { RunLock, runningRun } from "./runLock.ts";
import { jobsOfRun } from "./runReports.ts";
import { forgetSettled, SettledJobs } from "./settled.ts";

/** Runs whose logs and reports are kept. */
const keptRuns = 50;

/** Runs the jobs' scripts on Sail, each as a process of its own as on Glue. */
export class LocalJobs implements Jobs {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
	}

	async open(
		context: Context,
		{ scheduled = false, chosen = false }: { scheduled?: boolean; chosen?: boolean } = {},
	): Promise<JobSession> {
		const runId = runIdAfter((await this.#runIds()).at(-1));
		const lock = await RunLock.take(this.#paths.runs, runId, context.signal, {
			scheduled,
			onWait: (going, wait) => context.reporter.task(`Wait for the scheduled run ${going}`, wait),
		});
		try {
			await this.#removeRuns(keptRuns);
			const definition = await stackDefinition(this.#paths);
			const ahead = chosen || (await hasNews(this.#paths));
			await mkdir(this.#paths.raw, { recursive: true });
			await mkdir(this.#paths.processed, { recursive: true });
			await deliverLeftovers({ spool: this.#paths.delivery, raw: this.#paths.raw });
			const document = jobsDocument(definition, await openModels(definition), definition.pipeline.clicks?.schema);
			const text = JSON.stringify(document);
			const settled = await SettledJobs.of(this.#paths, lakePrint(this.#paths, definition, text));
			const begins = !settled.haveAll(definition.jobs.map(callOf));
			// A run that cannot begin leaves nothing behind.
			if (begins) await ensurePython(context, this.#paths, false);
			const folder = join(this.#paths.runs, runId);
			await mkdir(folder, { recursive: true });
			const takeEngine = async (): Promise<JobEngine> => {
				await ensurePython(context, this.#paths, false);
				return JobEngine.take(needsOf(this.#paths, ahead), folder);
			};
			const session = new LocalJobSession(this.#paths, runId, folder, lock, takeEngine, settled);
			if (begins) await session.begin();
			await writeFile(join(folder, datasetsFile), text);
			return session;
		} catch (error) {
			await lock.free();
			throw error;
		}
	}

	prepare(): Promise<void> {
		return JobEngine.prepare(needsOf(this.#paths, true));
	}

	async alone<T>(context: Context, work: (free: () => Promise<void>) => Promise<T>): Promise<T> {
		const lock = await RunLock.take(this.#paths.runs, newRunId(), context.signal, {
			onWait: (going, wait) => context.reporter.task(`Wait for the scheduled run ${going}`, wait),
		});
		try {
			// Jobs wait for the load here, too, which the replicator does.
			return await work(() => Promise.resolve());
		} finally {
			await lock.free();
		}
	}

	async removeRuns(context: Context): Promise<void> {
		await this.#removeRuns(0);
		await forgetSettled(this.#paths);
		await forgetValues(this.#paths, context.signal);
	}

	async lastRun(): Promise<RunSummary | undefined> {
		const [newest] = await this.runs(1);
		if (newest === undefined) return undefined;
		return { ...newest, jobs: newest.jobs.map(({ job, state }) => ({ job, state })) };
	}

	async runs(count: number): Promise<RunHistory[]> {
		const ids = (await this.#runIds()).slice(-count).reverse();
		const running = (await runningRun(this.#paths.runs))?.runId;
		return Promise.all(
			ids.map(async (runId) => {
				const isRunning = running === runId;
				return { runId, running: isRunning, jobs: await jobsOfRun(this.#paths, runId, isRunning) };
			}),
		);
	}

	schedule(): Promise<ScheduleStatus | undefined> {
		return readSchedule(this.#paths);
	}

	/** From the oldest to the newest. */
	async #runIds(): Promise<string[]> {
		return (await namesIn(this.#paths.runs)).filter(isRunId);
	}

	/** @param kept how many of the newest runs keep their logs and reports. */
	async #removeRuns(kept: number): Promise<void> {
		for (const [root, folder] of [
			[this.#paths.home, relative(this.#paths.home, this.#paths.runs)],
			[this.#paths.processed, lake.runs],
		] as const) {
			const runs = (await namesIn(join(root, folder))).filter(isRunId);
			for (const name of runs.slice(0, Math.max(0, runs.length - kept))) await removeBelow(root, `${folder}/${name}`);
		}
	}
}
