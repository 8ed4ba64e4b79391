import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { poll } from "../../cli/common/poll.ts";

/** In the environment of what is measured, so that its processes are found, also those that have left their parent. */
const mark = "BENCH_MARK";
const lookMs = 50;
let marks = 0;

export interface Cost {
	seconds: number;
	/** Highest memory of each process, MB, by what the process is. */
	memory: Record<string, number>;
	stdout: string;
	stderr: string;
}

type Said = Pick<Cost, "stdout" | "stderr">;

export interface Program {
	command: string;
	args: readonly string[];
	env?: Record<string, string>;
	cwd?: string;
	/** Exit codes of success; default: 0. */
	okCodes?: readonly number[];
	/** What must be true before the clock stops; it is asked again and again. Default: the program has ended. */
	until?: () => Promise<boolean>;
}

/** Runs a program until it ends, and measures it with all that it starts. @throws where it fails. */
export async function cost(program: Program): Promise<Cost> {
	const running = begin(program);
	return running.ended();
}

/** A program that runs. */
export interface Running {
	/** Until it has ended, and what it was to bring about is there. @throws where it fails. */
	ended(): Promise<Cost>;
	/** Highest memory so far of each process that it has started, MB: of those that it leaves behind, until `ended` has answered. */
	memory(): Record<string, number>;
	/** Until it has ended itself. @throws where it fails. */
	exit: Promise<void>;
	/** Asks it to end, as Ctrl-C does. */
	interrupt(): void;
	/** What it has said on stderr so far. */
	stderr(): string;
}

export function begin(program: Program): Running {
	marks += 1;
	const [name, value] = [mark, `${process.pid}-${marks}`];
	const began = performance.now();
	const child = spawn(program.command, program.args, {
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, ...program.env, [name]: value },
		...(program.cwd === undefined ? {} : { cwd: program.cwd }),
	});
	const said = { stdout: "", stderr: "" };
	const memory = new Map<number, [string, number]>();
	const looking = setInterval(() => look(`${name}=${value}`, memory), lookMs);
	looking.unref();
	const exit = exited(child, program, said);
	// Whoever waits for the end gets the error.
	exit.catch(() => undefined);
	return {
		memory: () => byName(memory.values()),
		exit,
		interrupt: () => child.kill("SIGINT"),
		stderr: () => said.stderr,
		ended: async () => {
			try {
				await exit;
				const { until } = program;
				if (until !== undefined) await poll({ firstMs: 5 }, async () => ((await until()) ? true : undefined));
				const seconds = (performance.now() - began) / 1000;
				look(`${name}=${value}`, memory);
				return { seconds, memory: byName(memory.values()), ...said };
			} finally {
				clearInterval(looking);
			}
		},
	};
}

function exited(child: ChildProcess, { command, args, okCodes = [0] }: Program, said: Said): Promise<void> {
	child.stdout?.on("data", (chunk: Buffer) => {
		said.stdout += chunk.toString();
	});
	child.stderr?.on("data", (chunk: Buffer) => {
		said.stderr += chunk.toString();
	});
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		// Not `close`: what it leaves in the background may have its output open.
		child.once("exit", (code) => {
			if (code !== null && okCodes.includes(code)) setImmediate(resolve);
			else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${said.stderr.slice(-3000)}`));
		});
	});
}

/** Highest memory so far of every process that has the mark. */
function look(marked: string, memory: Map<number, [string, number]>): void {
	for (const pid of readdirSync("/proc").map(Number)) {
		if (!(pid > 0)) continue;
		try {
			if (!memory.has(pid) && !readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(marked)) continue;
			const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
			if (peak !== undefined)
				memory.set(pid, [nameOf(readFileSync(`/proc/${pid}/cmdline`, "latin1")), Number(peak) / 1024]);
		} catch {
			// It has ended since.
		}
	}
}

/** The program's file, and what it was asked to do: `replicator.js work`. */
function nameOf(line: string): string {
	const words = line.split("\0").filter((word) => word !== "" && !word.startsWith("-"));
	const script = words.findIndex((word) => /\.(m?js|py|ts)$/.test(word));
	const at = Math.max(0, script);
	const next = script < 0 ? undefined : words[at + 1];
	const name = (words[at] ?? "").split("/").at(-1) ?? "";
	return next !== undefined && /^[a-z]+$/.test(next) ? `${name} ${next}` : name;
}

function byName(found: Iterable<[string, number]>): Record<string, number> {
	const highest: Record<string, number> = {};
	for (const [name, megabytes] of found) highest[name] = Math.max(highest[name] ?? 0, Math.round(megabytes));
	return highest;
}
