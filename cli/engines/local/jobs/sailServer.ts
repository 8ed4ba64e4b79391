import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { spawn } from "../../../common/process/childProcess.ts";
import { toolRoot } from "../../../common/projectRoot.ts";
import { KeptProcess } from "./keptProcess.ts";

/** What the server says of itself. */
const answerSchema = z.object({
	port: z.number().int().positive(),
	/** Why it is in the machine's network. */
	why: z.string().optional(),
	/** Accounts that reach it there. */
	others: z.array(z.string()).optional(),
});

type Answer = z.infer<typeof answerSchema>;

/** Signs of life in the time in which there must be one. */
const beats = 24;
/** How often that time is looked at: what is counted is looks, which do not pass while this process itself stands still. */
const looks = 8;

/** Where jobs find the engine. */
export interface Remote {
	/** For SPARK_REMOTE. */
	address: string;
	/** Process whose network it is in, where that is not the machine's. */
	network?: number;
}

/** The Sail server that runs the jobs of one run after the other; it ends with this process, however that ends. */
export class SailServer extends KeptProcess {
	readonly #answer: Promise<Answer>;
	/** Comes where it ends before it is stopped. */
	readonly died: Promise<PipelineError>;
	#isStopping = false;
	#isPrivate = false;
	/** Looks since its last sign of life. */
	#silent = 0;
	#hung: string | undefined;

	/**
	 * @param ownNetwork whether jobs can join a network of its own.
	 * @param silenceMs one that does not answer for so long hangs, and is ended; how long a statement takes does not count.
	 */
	constructor(python: string, ownNetwork = false, silenceMs = 120_000) {
		const script = join(toolRoot, "etl", "sail_server.py");
		const beat = `--beat=${silenceMs / 1000 / beats}`;
		super(
			spawn(python, [script, beat, ...(ownNetwork ? ["--own-network"] : [])], {
				stdio: ["pipe", "pipe", "pipe"],
				// In a group of its own: Ctrl-C in the terminal is ours to answer, and would look like a crash of it.
				detached: true,
				// Sail's default of a full trace per query would fill the log.
				env: { ...process.env, RUST_LOG: process.env.RUST_LOG ?? "warn" },
			}),
		);
		this.#answer = this.#read();
		// Whoever asks for the address gets the error, and nobody need ask.
		this.#answer.catch(() => undefined);
		this.died = new Promise((resolve) => {
			this.child.once("close", (code, signal) => {
				if (!this.#isStopping)
					resolve(this.#error("The engine of the jobs (Sail) exited unexpectedly.", this.#ending(code, signal)));
			});
		});
		this.#endWhenSilent(silenceMs);
	}

	/** Whether only what joins its network reaches it; not known before it listens. */
	isPrivate(): boolean {
		return this.#isPrivate;
	}

	/**
	 * Where it is, once the server listens.
	 * @throws the signal's reason, where nobody waits for it any more; why it has died.
	 */
	async remote(signal: AbortSignal): Promise<Remote> {
		const { port, why } = await this.#until(signal);
		const network = why === undefined ? this.child.pid : undefined;
		return { address: `sc://127.0.0.1:${port}`, ...(network !== undefined && { network }) };
	}

	/** What the user should know of who else reaches it; undefined where nobody does. */
	async exposure(signal: AbortSignal): Promise<string | undefined> {
		const { why, others = [] } = await this.#until(signal);
		if (why === undefined || others.length === 0) return undefined;
		const names = `${others.slice(0, 3).join(", ")}${others.length > 3 ? " and others" : ""}`;
		return `While jobs run, other users of this machine (${names}) can read your files and run programs as you: the engine of the jobs has no authentication and could not be given a private network (${why}). See docs/local.md, Who can reach it.`;
	}

	stop(): Promise<void> {
		this.#isStopping = true;
		return this.end();
	}

	async #until(signal: AbortSignal): Promise<Answer> {
		signal.throwIfAborted();
		const done = new AbortController();
		const aborted = new Promise<never>((_, reject) => {
			signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: done.signal });
		});
		try {
			const answer = await Promise.race([this.#answer, aborted]);
			if (this.hasEnded()) throw await this.died;
			return answer;
		} catch (error) {
			signal.throwIfAborted();
			throw error;
		} finally {
			done.abort();
		}
	}

	#read(): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const fail = (why: string): void => reject(this.#error("The engine of the jobs (Sail) did not start.", why));
			this.child.once("error", (error) => fail(error.message));
			this.child.once("close", (code, signal) => fail(this.#ending(code, signal)));
			const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
			lines.on("line", () => {
				this.#silent = 0;
			});
			lines.once("line", (line) => {
				try {
					const answer = answerSchema.parse(JSON.parse(line));
					this.#isPrivate = answer.why === undefined;
					resolve(answer);
				} catch {
					fail(`Its unexpected output: ${line.slice(0, 200)}`);
				}
			});
		});
	}

	#endWhenSilent(silenceMs: number): void {
		const timer = setInterval(() => {
			this.#silent += 1;
			if (this.#silent <= looks) return;
			clearInterval(timer);
			this.#hung = `It did not respond for ${silenceMs / 1000} seconds, so it was ended.`;
			this.child.kill("SIGKILL");
		}, silenceMs / looks).unref();
		this.child.once("close", () => clearInterval(timer));
	}

	#ending(code: number | null, signal: NodeJS.Signals | null): string {
		return this.#hung ?? howEnded(code, signal);
	}

	#error(what: string, why: string): PipelineError {
		return new PipelineError("failure", {
			what,
			why,
			fix: `Check its log: ${this.logPath}`,
			next: what.endsWith("start.") ? "pipeline-cli setup" : "pipeline-cli run-etl",
		});
	}
}

function howEnded(code: number | null, signal: NodeJS.Signals | null): string {
	if (signal === null) return `It ended with exit code ${code}.`;
	return `It ended with ${signal}${signal === "SIGKILL" ? ", which is typical if the machine runs out of memory" : ""}.`;
}
