import { execFile } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PipelineError } from "../../../errors.ts";
import { endProcess, isAlive } from "../processes.ts";

interface Holder {
	pid: number;
	runId: string;
	startedAt: string;
	/** Processes of the run's jobs. */
	children: number[];
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
	 * @param mark a text in the command line of every job's process, by which a reused process id is told from a job.
	 * @throws PipelineError naming the run that is going on.
	 */
	static async take(runs: string, runId: string, mark: string): Promise<RunLock> {
		await mkdir(runs, { recursive: true });
		const path = join(runs, "lock.json");
		const holder: Holder = { pid: process.pid, runId, startedAt: new Date().toISOString(), children: [] };
		for (let attempt = 0; attempt < 5; attempt += 1) {
			try {
				const file = await open(path, "wx");
				await file.writeFile(JSON.stringify(holder));
				await file.close();
				return new RunLock(path, holder);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
			}
			await RunLock.#release(path, mark);
		}
		throw new PipelineError("serviceRefused", {
			what: "Another run starts at this moment.",
			next: "pipeline-cli status",
		});
	}

	/** Frees the lock of a run that died, and ends what is left of its jobs. */
	static async #release(path: string, mark: string): Promise<void> {
		const holder = await readHolder(path);
		if (holder !== undefined && isAlive(holder.pid)) {
			throw new PipelineError("serviceRefused", {
				what: `Run ${holder.runId} is already going.`,
				why: `It was started at ${holder.startedAt} by process ${holder.pid}; two runs would write the same tables.`,
				fix: "Wait for it, or stop it with Ctrl-C where it runs.",
				next: "pipeline-cli status",
			});
		}
		for (const child of holder?.children ?? []) {
			if ((await commandLine(child)).includes(mark)) await endProcess(child, 5_000);
		}
		await rm(path, { force: true });
	}

	async addChild(pid: number): Promise<void> {
		this.#holder.children.push(pid);
		await writeFile(this.#path, JSON.stringify(this.#holder));
	}

	async free(): Promise<void> {
		await rm(this.#path, { force: true });
	}
}

/** @returns the run that goes on, where there is one. */
export async function runningRun(runs: string): Promise<{ runId: string; startedAt: string } | undefined> {
	const holder = await readHolder(join(runs, "lock.json"));
	return holder !== undefined && isAlive(holder.pid) ? holder : undefined;
}

async function readHolder(path: string): Promise<Holder | undefined> {
	try {
		return JSON.parse(await readFile(path, "utf8")) as Holder;
	} catch {
		// Gone in between, or cut short by a crash while it was written: nobody holds it.
		return undefined;
	}
}

async function commandLine(pid: number): Promise<string> {
	try {
		return (await promisify(execFile)("ps", ["-o", "args=", "-p", String(pid)])).stdout;
	} catch {
		return "";
	}
}
