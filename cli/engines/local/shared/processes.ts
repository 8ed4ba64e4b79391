import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether a process with this id runs. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

/** @returns the process id in a pid file whose process still runs, else undefined. */
export async function runningPid(pidFile: string): Promise<number | undefined> {
	try {
		const pid = Number.parseInt(await readFile(pidFile, "utf8"), 10);
		return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

/**
 * The command line of a process, its arguments apart by spaces; empty where it has ended. Tells whether a process id in
 * a pid file still belongs to the program that wrote it.
 */
export async function commandLine(pid: number): Promise<string> {
	try {
		return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (code !== "ENOENT" && code !== "ESRCH") throw error;
	}
	if (process.platform === "linux") return "";
	return new Promise((resolve) => {
		execFile("ps", ["-ww", "-o", "command=", "-p", String(pid)], (error, stdout) => {
			resolve(error === null ? stdout.trim() : "");
		});
	});
}

/**
 * Asks a process to end, and kills it where it does not within the grace period.
 * @param graceMs milliseconds between SIGTERM and SIGKILL.
 */
export async function endProcess(pid: number, graceMs = 15_000): Promise<void> {
	if (!isAlive(pid)) return;
	process.kill(pid, "SIGTERM");
	const end = Date.now() + graceMs;
	while (Date.now() < end) {
		if (!isAlive(pid)) return;
		await sleep(50);
	}
	if (isAlive(pid)) process.kill(pid, "SIGKILL");
	while (isAlive(pid)) await sleep(20);
}
