import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { holdOpen } from "./holdOpen.ts";
import { ProcessLog } from "./processLog.ts";

/** How long it may take to end by itself. */
const graceMs = 3_000;

/** A process that works for one run after the other, and ends with its input: with this process at the latest. */
export abstract class KeptProcess {
	protected readonly child: ChildProcess;
	/** Where what it says is now. */
	protected logPath = "";
	readonly #log: ProcessLog;

	/** @param child its standard input, output and error are pipes. */
	protected constructor(child: ChildProcess) {
		this.child = child;
		this.#log = new ProcessLog(child.stderr as Readable);
		// It may end before it reads what it is to do; that it has ended is said elsewhere.
		child.stdin?.on("error", () => undefined);
	}

	/** @param path file for what it says of itself from here on. */
	logTo(path: string): void {
		this.logPath = path;
		this.#log.to(path);
	}

	/** Waits for another run, and keeps this process from nothing, until it is woken. */
	rest(): void {
		this.#log.rest();
		holdOpen(this.child, false);
	}

	wake(): void {
		holdOpen(this.child, true);
	}

	/** To be called where this process ends, which waits for nothing then. */
	kill(): void {
		this.child.kill("SIGKILL");
	}

	hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	/** Ends it by its input, and waits for that. @param signal sent besides, where it may be busy with what nobody needs. */
	protected async end(signal?: NodeJS.Signals): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		this.#log.drain();
		const ended = new Promise<void>((resolve) => this.child.once("close", () => resolve()));
		this.child.stdin?.end();
		if (signal !== undefined) this.child.kill(signal);
		const timer = setTimeout(() => this.child.kill("SIGKILL"), graceMs);
		await ended;
		clearTimeout(timer);
	}
}
