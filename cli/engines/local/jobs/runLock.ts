import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { RunGoing } from "../../../common/errors.ts";
import { writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFile } from "../../../common/jsonFile.ts";
import { poll } from "../../../common/poll.ts";
import { endProcess, identify, isRunning, type ProcessIdentity } from "../../../common/process/processIdentity.ts";
import { folderId } from "../shared/folderId.ts";
import { withLockFile } from "../shared/lockFile.ts";

const processSchema = z.object({ pid: z.number().int().positive(), stamp: z.string() });

/** What earlier versions noted of a job's process: its id alone. */
const pidSchema = z.number().int().positive();

const holderSchema = processSchema.extend({
	/** The folder of the runs; a copy of it has the lock of the other's run, too. */
	folder: z.string().optional(),
	runId: z.string(),
	startedAt: z.string(),
	/** The schedule started it: who asks by hand waits for its end. */
	scheduled: z.boolean().optional(),
	/** Processes of the run's jobs. */
	children: z.array(z.union([processSchema, pidSchema.transform((pid): ProcessIdentity => ({ pid, stamp: "" }))])),
});

/** Who runs jobs: the content of the lock file. */
type Holder = z.infer<typeof holderSchema>;

/** How the lock file is read. */
const lockFileKind: JsonKind<Holder> = {
	name: "The lock of the jobs' runs",
	schema: holderSchema,
	remedy: (path) => ({
		fix: "Make sure that no run is in progress (its processes have etl/job_host.py in their command line), then remove the file.",
		next: `rm '${path}'`,
	}),
};

/** In the command line of whoever runs jobs. */
const program = "node";

/** In the command line of a job's process of earlier versions, which did not note when it began. */
const mark = join("etl", "jobs");

interface TakeOptions {
	/** The schedule asks: it waits for nobody. */
	scheduled?: boolean;
	/** Shows that a run of the schedule is waited for. */
	onWait?: (runId: string, wait: () => Promise<RunLock>) => Promise<RunLock>;
}

/** One run of jobs at a time: two would write the same tables. */
export class RunLock {
	readonly #path: string;
	readonly #holder: Holder;

	private constructor(path: string, holder: Holder) {
		this.#path = path;
		this.#holder = holder;
	}

	/**
	 * Takes the lock, also over from a run that died, of whose jobs it ends what is left.
	 * A run by hand waits for one of the schedule.
	 * @throws PipelineError naming the run that is in progress.
	 */
	static async take(
		runs: string,
		runId: string,
		signal: AbortSignal,
		{ scheduled = false, onWait }: TakeOptions = {},
	): Promise<RunLock> {
		await mkdir(runs, { recursive: true });
		const first = await RunLock.#tryTake(runs, runId, signal, scheduled);
		if (first instanceof RunLock) return first;
		const wait = (): Promise<RunLock> =>
			poll({ firstMs: 300, signal }, async () => {
				const taken = await RunLock.#tryTake(runs, runId, signal, scheduled);
				return taken instanceof RunLock ? taken : undefined;
			});
		return onWait === undefined ? wait() : onWait(first.runId, wait);
	}

	/** @returns the run of the schedule whose end a run by hand waits for. */
	static #tryTake(runs: string, runId: string, signal: AbortSignal, scheduled: boolean): Promise<RunLock | Holder> {
		const path = lockFile(runs);
		// Looking and taking over are one operation, so that of several runs only one takes over from a dead one.
		return withLockFile(
			join(runs, "taking.lock"),
			signal,
			() => undefined,
			async () => {
				const before = await holderOf(runs);
				if (before !== undefined && isRunning(before, program)) {
					if (before.scheduled === true && !scheduled) return before;
					throw refusal(before, path);
				}
				await endChildren(before);
				const startedAt = new Date().toISOString();
				const holder: Holder = {
					...identify(),
					folder: folderId(runs),
					runId,
					startedAt,
					...(scheduled && { scheduled }),
					children: [],
				};
				await writeFileAtomic(path, JSON.stringify(holder));
				return new RunLock(path, holder);
			},
		);
	}

	async addChild(child: ProcessIdentity): Promise<void> {
		this.#holder.children.push(child);
		await writeFileAtomic(this.#path, JSON.stringify(this.#holder));
	}

	async free(): Promise<void> {
		await rm(this.#path, { force: true });
	}
}

/** @returns the run that is in progress, where there is one. */
export async function runningRun(runs: string): Promise<{ runId: string; startedAt: string } | undefined> {
	const holder = await holderOf(runs);
	return holder !== undefined && isRunning(holder, program) ? holder : undefined;
}

/** Ends the run that is in progress, as Ctrl-C does, and what is left of its jobs. */
export async function stopRun(runs: string): Promise<"stopped" | "not running"> {
	const holder = await holderOf(runs);
	if (holder === undefined) return "not running";
	const running = isRunning(holder, program);
	if (running) await endProcess(holder, program);
	await endChildren(holder);
	return running ? "stopped" : "not running";
}

/** Who noted that it runs jobs in this folder, whether it still does or not. */
async function holderOf(runs: string): Promise<Holder | undefined> {
	const holder = await readJsonFile(lockFile(runs), lockFileKind);
	return holder?.folder === undefined || holder.folder === folderId(runs) ? holder : undefined;
}

function lockFile(runs: string): string {
	return join(runs, "lock.json");
}

function refusal(holder: Holder, path: string): RunGoing {
	return new RunGoing({
		what: `Run ${holder.runId} is already in progress.`,
		why: `Process ${holder.pid} started it at ${holder.startedAt} (${path}). Two runs would write the same tables.`,
		fix: "Wait until it ends, or stop it with Ctrl-C in its terminal.",
		next: "pipeline-cli status",
	});
}

async function endChildren(holder: Holder | undefined): Promise<void> {
	for (const child of holder?.children ?? []) await endProcess(child, child.stamp === "" ? mark : "", 5_000);
}
