import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { errorCode } from "../../../common/errors.ts";
import { spawn } from "../../../common/process/childProcess.ts";

const tailLines = 100;

export interface ChildOptions {
	/** File that gets everything the child says; overwritten. */
	log: string;
	signal: AbortSignal;
	env?: NodeJS.ProcessEnv;
	cwd?: string;
	/** Called with every line that the child says. */
	onLine?: (line: string) => void;
	/**
	 * How the child is stopped when the signal aborts. `group`: it and its own children together. `gently`: an interrupt to
	 * the child alone, which may finish what must not be left half-done (a package manager).
	 */
	stop?: "group" | "gently";
}

/** A child that could not be started or did not end with 0. */
export class ChildFailure extends Error {
	readonly tail: readonly string[];
	readonly log: string;

	constructor(message: string, tail: readonly string[], log: string) {
		super(message);
		this.name = "ChildFailure";
		this.tail = tail;
		this.log = log;
	}
}

/**
 * Runs a program to its end, with its output in a log file. It runs in a process group of its own, so that Ctrl-C in the
 * terminal reaches it through the signal only.
 * @throws ChildFailure with the last lines; the signal's reason, after the child has ended, where it aborted.
 */
export async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<void> {
	const { signal, log } = options;
	signal.throwIfAborted();
	await mkdir(dirname(log), { recursive: true });
	const file = createWriteStream(log);
	const fileClosed = new Promise<void>((resolve, reject) => {
		file.once("close", resolve);
		file.once("error", reject);
	});
	fileClosed.catch(() => undefined);
	const tail: string[] = [];
	const child = spawn(command, args, {
		stdio: ["ignore", "pipe", "pipe"],
		detached: true,
		env: options.env ?? process.env,
		...(options.cwd === undefined ? {} : { cwd: options.cwd }),
	});
	const take = (line: string): void => {
		file.write(`${line}\n`);
		tail.push(line);
		if (tail.length > tailLines) tail.shift();
		options.onLine?.(line);
	};
	for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", take);
	const stop = (): void => stopChild(child, options.stop ?? "group");
	signal.addEventListener("abort", stop, { once: true });
	if (signal.aborted) stop();
	let ending: string | undefined;
	try {
		ending = await childEnd(child);
	} finally {
		signal.removeEventListener("abort", stop);
		file.end();
	}
	signal.throwIfAborted();
	if (ending !== undefined) {
		await fileClosed.catch(() => undefined);
		throw new ChildFailure(`${command} ${ending}.`, tail, log);
	}
	await fileClosed;
}

/** @returns undefined where the child ended with 0, else how it ended. */
function childEnd(child: ChildProcess): Promise<string | undefined> {
	return new Promise((resolve) => {
		child.once("error", (error) => resolve(`could not be run: ${error.message}`));
		child.once("close", (code, killedBy) => {
			if (code === 0) resolve(undefined);
			else resolve(code === null ? `was ended by ${killedBy}` : `ended with ${code}`);
		});
	});
}

function stopChild(child: ChildProcess, how: "group" | "gently"): void {
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	try {
		if (how === "group") process.kill(-child.pid, "SIGTERM");
		else process.kill(child.pid, "SIGINT");
	} catch (error) {
		if (errorCode(error) !== "ESRCH") throw error;
	}
}
