import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";

/** Where a run was measured. */
export interface Machine {
	cores: number;
	memoryGb: number;
	cpu: string;
	/** Of the programs that take part. */
	versions: Record<string, string>;
	/** Processes that wanted to run in the minute before, on average. */
	load: number;
	/** Whether others worked on it when the run began: later runs are not compared with it. */
	busy: boolean;
}

/** Load of others, a core, from which on a machine counts as busy. */
const busyLoad = 0.3;

export function describeMachine(): Machine {
	const cores = cpus().length;
	const load = loadavg()[0] ?? 0;
	return {
		cores,
		memoryGb: Math.round(totalmem() / 1024 ** 3),
		cpu: cpus()[0]?.model ?? "",
		versions: { node: process.versions.node, mariadb: versionOf("mariadbd") },
		load: Math.round(load * 10) / 10,
		busy: load > busyLoad * cores,
	};
}

function versionOf(program: string): string {
	try {
		return execFileSync(program, ["--version"], { encoding: "utf8" }).match(/\d+\.\d+\.\d+/)?.[0] ?? "";
	} catch {
		return "";
	}
}
