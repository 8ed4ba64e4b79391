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
}

export interface Program {
	command: string;
	args: readonly string[];
	env?: Record<string, string>;
	cwd?: string;
	/** What must be true before the clock stops; it is asked again and again. Default: the program has ended. */
	until?: () => Promise<boolean>;
}

/** Runs a program, and measures it with all that it starts. @throws where it fails. */
export async function cost(program: Program): Promise<Cost> {
	marks += 1;
	const marked = `${mark}=${process.pid}-${marks}`;
	const [name, value] = marked.split("=") as [string, string];
	const began = performance.now();
	const child = spawn(program.command, program.args, {
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, ...program.env, [name]: value },
		...(program.cwd === undefined ? {} : { cwd: program.cwd }),
	});
	const memory = new Map<number, [string, number]>();
	const looking = setInterval(() => look(marked, memory), lookMs);
	try {
		const stdout = await ended(child, program);
		const { until } = program;
		if (until !== undefined) await poll({ firstMs: 5 }, async () => ((await until()) ? true : undefined));
		const seconds = (performance.now() - began) / 1000;
		look(marked, memory);
		return { seconds, memory: byName(memory.values()), stdout };
	} finally {
		clearInterval(looking);
	}
}

function ended(child: ChildProcess, { command, args }: Program): Promise<string> {
	let [stdout, stderr] = ["", ""];
	child.stdout?.on("data", (chunk: Buffer) => {
		stdout += chunk.toString();
	});
	child.stderr?.on("data", (chunk: Buffer) => {
		stderr = (stderr + chunk.toString()).slice(-3000);
	});
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		// Not `close`: what it leaves in the background may have its output open.
		child.once("exit", (code) => {
			if (code === 0) setImmediate(() => resolve(stdout));
			else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${stderr}`));
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
