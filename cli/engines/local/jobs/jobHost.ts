import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { spawn } from "../../../common/process/childProcess.ts";
import { identify, type ProcessIdentity, signalProcess } from "../../../common/process/processIdentity.ts";
import { toolRoot } from "../../../common/projectRoot.ts";
import { holdOpen } from "./holdOpen.ts";
import type { Exit, JobCall, JobProcess, JobProcesses } from "./jobProcesses.ts";
import { ProcessLog } from "./processLog.ts";

const answerSchema = z.union([
	z.object({ id: z.string(), pid: z.number().int().positive() }),
	z.object({ id: z.string(), code: z.number().int() }),
	z.object({ id: z.string(), signal: z.string() }),
	z.object({ id: z.string(), error: z.string() }),
]);

interface Waiting {
	process?: ProcessIdentity;
	onStart: (pid: number) => void;
	onEnd: (exit: Exit) => void;
	onFault: (error: Error) => void;
}

/** Jobs as forks of one Python that has imported what they need: etl/job_host.py. */
export class JobHost implements JobProcesses {
	readonly #child: ChildProcess;
	readonly #log: ProcessLog;
	#logPath = "";
	readonly #waiting = new Map<string, Waiting>();
	#count = 0;
	#fault: Error | undefined;

	/** @param ahead whether it imports the engine's client before a job asks for that. */
	constructor(python: string, env: NodeJS.ProcessEnv, ahead = false) {
		this.#child = spawn(python, [join(toolRoot, "etl", "job_host.py"), ...(ahead ? ["--engine"] : [])], {
			stdio: ["pipe", "pipe", "pipe"],
			// Ctrl-C in the terminal is ours to answer.
			detached: true,
			env,
		});
		this.#log = new ProcessLog(this.#child.stderr as Readable);
		this.#child.once("error", (error) => this.#fail(error.message));
		this.#child.once("close", (code, signal) => this.#fail(`It ended with ${signal ?? `exit code ${code}`}.`));
		// A host that has ended says so itself.
		this.#child.stdin?.on("error", () => undefined);
		const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
		lines.on("line", (line) => this.#take(answerSchema.parse(JSON.parse(line))));
	}

	logTo(path: string): void {
		this.#logPath = path;
		this.#log.to(path);
	}

	importAhead(): void {
		this.#child.stdin?.write(`${JSON.stringify({ ahead: true })}\n`);
	}

	hasEnded(): boolean {
		return this.#fault !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
	}

	rest(): void {
		this.#log.rest();
		holdOpen(this.#child, false);
	}

	wake(): void {
		holdOpen(this.#child, true);
	}

	kill(): void {
		this.#child.kill("SIGKILL");
	}

	start(job: JobCall): Promise<JobProcess> {
		if (this.#fault !== undefined) return Promise.reject(this.#fault);
		this.#count += 1;
		const id = `${this.#count}`;
		return new Promise((resolve, reject) => {
			const ended = new Promise<Exit>((onEnd, fail) => {
				const onFault = (error: Error): void => {
					reject(error);
					fail(error);
				};
				this.#waiting.set(id, { onStart: (pid) => resolve({ pid, ended }), onEnd, onFault });
			});
			// Who waits for the start has its fault from there.
			ended.catch(() => undefined);
			this.#child.stdin?.write(`${JSON.stringify({ ...job, id })}\n`);
		});
	}

	async close(): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		this.#log.drain();
		const ended = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
		this.#child.stdin?.end();
		// It may be about to import what nobody needs any more.
		this.#child.kill("SIGTERM");
		const timer = setTimeout(() => this.#child.kill("SIGKILL"), 3_000);
		await ended;
		clearTimeout(timer);
	}

	#take(answer: z.infer<typeof answerSchema>): void {
		const waiting = this.#waiting.get(answer.id);
		if (waiting === undefined) return;
		if ("pid" in answer) {
			waiting.process = identify(answer.pid);
			waiting.onStart(answer.pid);
			return;
		}
		this.#waiting.delete(answer.id);
		if ("error" in answer) waiting.onFault(this.#error("A job could not be started.", answer.error));
		else if ("code" in answer) waiting.onEnd({ code: answer.code, signal: null });
		else waiting.onEnd({ code: null, signal: answer.signal });
	}

	/** Of jobs that run without it nobody would know how they end. */
	#fail(why: string): void {
		this.#fault ??= this.#error("The host of the jobs has ended.", why);
		for (const { process, onFault } of this.#waiting.values()) {
			if (process !== undefined) signalProcess(process, "SIGKILL");
			onFault(this.#fault);
		}
		this.#waiting.clear();
	}

	#error(what: string, why: string): PipelineError {
		return new PipelineError("failure", {
			what,
			why,
			fix: `Its messages are in ${this.#logPath}.`,
			next: "pipeline-cli run-etl",
		});
	}
}
