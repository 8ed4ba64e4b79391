import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { ApiRequest } from "../infra/requests.ts";
import { validatorPython } from "../infra/validators.ts";

export type Answer = Record<string, unknown>;

/** A refusal, by the service's own code. */
export class Refused extends Error {
	readonly code: string;

	constructor(request: ApiRequest, code: string, message: string) {
		super(`${request.service} ${request.operation}: ${message}`);
		this.code = code;
	}
}

/** AWS's SDK for Python, which has the services that the CLI's own clients lack, in a process of its own. */
export class AwsCalls {
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #lines: Interface;
	readonly #waiting: ((line: string | undefined) => void)[] = [];

	private constructor(child: ChildProcessWithoutNullStreams) {
		this.#child = child;
		this.#lines = createInterface(child.stdout);
		this.#lines.on("line", (line) => this.#waiting.shift()?.(line));
		this.#lines.on("close", () => {
			for (const answer of this.#waiting.splice(0)) answer(undefined);
		});
		child.stderr.pipe(process.stderr);
	}

	/** @param env where the services are, and who calls. */
	static async start(env: Readonly<Record<string, string>>): Promise<AwsCalls> {
		const script = join(import.meta.dirname, "aws_calls.py");
		return new AwsCalls(spawn(await validatorPython(), [script], { env: { ...process.env, ...env } }));
	}

	/** @throws Refused */
	async call(request: ApiRequest): Promise<Answer> {
		const answered = new Promise<string | undefined>((resolve) => this.#waiting.push(resolve));
		this.#child.stdin.write(`${JSON.stringify(request)}\n`);
		const line = await answered;
		if (line === undefined) throw new Error(`the SDK ended before it answered ${request.service} ${request.operation}`);
		const { answer, error, message } = JSON.parse(line) as { answer?: Answer; error?: string; message?: string };
		if (answer === undefined) throw new Refused(request, error ?? "", message ?? "");
		return answer;
	}

	async stop(): Promise<void> {
		const ended = once(this.#child, "exit");
		this.#child.stdin.end();
		await ended;
	}
}
