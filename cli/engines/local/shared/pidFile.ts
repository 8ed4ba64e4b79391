import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAlive } from "./processes.ts";

/**
 * When a process was started, in the system's own words. Tells a process from a later one with the same id.
 * @returns undefined where it cannot be found out.
 */
export function processStamp(pid: number): string | undefined {
	try {
		// Field 22 of the line; the second one, the name, is in parentheses and may hold spaces. See proc(5).
		const line = readFileSync(`/proc/${pid}/stat`, "utf8");
		return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
	} catch {
		return stampFromPs(pid);
	}
}

function stampFromPs(pid: number): string | undefined {
	try {
		const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
		});
		return text.trim() || undefined;
	} catch {
		return undefined;
	}
}

/** A pid file's content, which tells the process from a later one with the same id. */
export function pidText(pid: number): string {
	return `${pid} ${processStamp(pid) ?? ""}\n`;
}

/** @returns the id in a pid file, where the process that wrote it still runs. */
export async function livingPid(path: string): Promise<number | undefined> {
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
	const [, id, stamp] = /^(\d+) (.*)\n/.exec(text) ?? [];
	const pid = Number(id);
	if (!(pid > 0) || !isAlive(pid)) return undefined;
	const current = processStamp(pid);
	return current === undefined || stamp === "" || current === stamp ? pid : undefined;
}
