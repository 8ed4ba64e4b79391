import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { spawn } from "../../../common/process/childProcess.ts";
import { identify, type ProcessIdentity, signalProcess } from "../../../common/process/processIdentity.ts";
import { toolRoot } from "../../../common/projectRoot.ts";
import type { Exit, JobCall, JobProcess, JobProcesses } from "./jobProcesses.ts";
import { KeptProcess } from "./keptProcess.ts";

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
export class JobHost extends KeptProcess implements JobProcesses {
	readonly #waiting = new Map<string, Waiting>();
	#count = 0;
	#fault: Error | undefined;

	/** @param ahead whether it imports the engine's client before a job asks for that. */
	constructor(python: string, env: NodeJS.ProcessEnv, ahead = false) {
		const script = join(toolRoot, "etl", "job_host.py");
		super(
			spawn(python, [script, ...(ahead ? ["--engine"] : [])], {
				stdio: ["pipe", "pipe", "pipe"],
				// Ctrl-C in the terminal is ours to answer.
				detached: true,
				env,
			}),
		);
		this.child.once("error", (error) => this.#fail(error.message));
		this.child.once("close", (code, signal) => this.#fail(`It ended with ${signal ?? `exit code ${code}`}.`));
		const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
		lines.on("line", (line) => this.#take(answerSchema.parse(JSON.parse(line))));
	}

	importAhead(): void {
		this.child.stdin?.write(`${JSON.stringify({ ahead: true })}\n`);
	}

	override hasEnded(): boolean {
		return this.#fault !== undefined || super.hasEnded();
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
			this.child.stdin?.write(`${JSON.stringify({ ...job, id })}\n`);
		});
	}

	/** It may be about to import what nobody needs any more. */
	close(): Promise<void> {
		return this.end("SIGTERM");
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
		if ("error" in answer) waiting.onFault(this.#error("The job could not be started.", answer.error));
		else if ("code" in answer) waiting.onEnd({ code: answer.code, signal: null });
		else waiting.onEnd({ code: null, signal: answer.signal });
	}

	/** Of jobs that run without it nobody would know how they end. */
	#fail(why: string): void {
		this.#fault ??= this.#error("The process that runs the jobs has ended.", why);
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
			fix: `Check its log, ${this.logPath}, then run the jobs again.`,
			next: "pipeline-cli run-etl",
		});
	}
}
