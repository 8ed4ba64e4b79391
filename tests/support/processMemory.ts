import { readFile } from "node:fs/promises";

/** Resident memory of a process, bytes; 0 where it is gone. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
	return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
