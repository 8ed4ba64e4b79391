import { open } from "node:fs/promises";
import { spawn } from "../../../common/process/childProcess.ts";

/** A job's script, and what it runs with. */
export interface JobCall {
	script: string;
	args: readonly string[];
	/** File of what it says. */
	log: string;
	/** Beside the environment of all jobs. */
	env: Readonly<Record<string, string>>;
	/** Process whose network it is to be in, where that is not the machine's. */
	network?: number;
}

/** How a process ended. */
export interface Exit {
	code: number | null;
	signal: string | null;
}

export interface JobProcess {
	/** Absent where it could not be started. */
	pid: number | undefined;
	ended: Promise<Exit>;
}

/** How the processes of jobs are started. */
export interface JobProcesses {
	start(job: JobCall): Promise<JobProcess>;
	/** @param path file for what is said beside the jobs from here on. */
	logTo(path: string): void;
	/** Has what jobs import where they have work, if not yet: the next ones need not do that. */
	importAhead(): void;
	hasEnded(): boolean;
	/** Waits for another run, and keeps this process from nothing, until it is woken. */
	rest(): void;
	wake(): void;
	/** To be called where this process ends, which waits for nothing then. */
	kill(): void;
	/** To be called when no job runs any more. */
	close(): Promise<void>;
}

/** Each job as a Python of its own, which imports everything. Where forks of a Python are not safe: macOS. */
export class SpawnedJobs implements JobProcesses {
	readonly #python: string;
	readonly #env: NodeJS.ProcessEnv;

	constructor(python: string, env: NodeJS.ProcessEnv) {
		this.#python = python;
		this.#env = env;
	}

	async start({ script, args, log, env }: JobCall): Promise<JobProcess> {
		const output = await open(log, "w");
		try {
			const child = spawn(this.#python, [script, ...args], {
				stdio: ["ignore", output.fd, output.fd],
				// As the engine: it is stopped by us, and then counts as stopped.
				detached: true,
				env: { ...this.#env, ...env },
			});
			const ended = new Promise<Exit>((resolve, reject) => {
				child.once("error", reject);
				child.once("close", (code, signal) => resolve({ code, signal }));
			});
			return { pid: child.pid, ended };
		} finally {
			await output.close();
		}
	}

	logTo(): void {}

	importAhead(): void {}

	hasEnded(): boolean {
		return false;
	}

	rest(): void {}

	wake(): void {}

	kill(): void {}

	async close(): Promise<void> {}
}
