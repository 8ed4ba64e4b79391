import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PipelineError } from "../../../common/errors.ts";
import { spawn } from "../../../common/process/childProcess.ts";
import { projectRoot } from "../../../common/projectRoot.ts";

/** The Sail server that runs the jobs of one run; it ends with this process, however that ends. */
export class SailServer {
	readonly #child: ChildProcess;
	readonly #port: Promise<number>;

	/** @param log file for the server's own messages. */
	constructor(python: string, log: string) {
		this.#child = spawn(python, [join(projectRoot, "etl", "sail_server.py")], {
			stdio: ["pipe", "pipe", "pipe"],
			// In a group of its own: Ctrl-C in the terminal is ours to answer, and would look like a crash of it.
			detached: true,
			// Sail's default of a full trace per query would fill the log.
			env: { ...process.env, RUST_LOG: process.env.RUST_LOG ?? "warn" },
		});
		const file = createWriteStream(log);
		// A log that a full disk does not take must end neither us nor, for want of a reader, the server.
		file.once("error", () => this.#child.stderr?.resume());
		this.#child.stderr?.pipe(file);
		this.#port = this.#readPort(log);
		// Whoever asks for the address gets the error, and nobody need ask.
		this.#port.catch(() => undefined);
	}

	/**
	 * Address for SPARK_REMOTE, once the server listens.
	 * @throws the signal's reason, where nobody waits for it any more.
	 */
	async remote(signal: AbortSignal): Promise<string> {
		signal.throwIfAborted();
		const done = new AbortController();
		const aborted = new Promise<never>((_, reject) => {
			signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: done.signal });
		});
		try {
			return `sc://127.0.0.1:${await Promise.race([this.#port, aborted])}`;
		} catch (error) {
			signal.throwIfAborted();
			throw error;
		} finally {
			done.abort();
		}
	}

	async stop(): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const ended = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
		this.#child.stdin?.end();
		const timer = setTimeout(() => this.#child.kill("SIGKILL"), 3_000);
		await ended;
		clearTimeout(timer);
	}

	#readPort(log: string): Promise<number> {
		return new Promise((resolve, reject) => {
			const fail = (why: string): void =>
				reject(
					new PipelineError("failure", {
						what: "The engine of the jobs (Sail) did not start.",
						why,
						fix: `Its messages are in ${log}.`,
						next: "pipeline-cli setup",
					}),
				);
			this.#child.once("error", (error) => fail(error.message));
			this.#child.once("close", (code, signal) => fail(`It ended with ${signal ?? `exit code ${code}`}.`));
			const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
			lines.once("line", (line) => resolve(Number(line)));
		});
	}
}
