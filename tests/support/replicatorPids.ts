import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Processes of the replicator of a stack: its supervisor, and what that started. */
export async function replicatorPids(home: string): Promise<number[]> {
	// The process id, then when it was started.
	const supervisor = Number.parseInt(await readFile(join(home, "replication", "pid"), "utf8"), 10);
	const children = await promisify(execFile)("ps", ["-o", "pid=", "--ppid", String(supervisor)]);
	return [supervisor, ...children.stdout.trim().split(/\s+/).map(Number)];
}
