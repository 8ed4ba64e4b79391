import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

/**
 * Name of a sender's folder: its process, since when that runs, and a random part. Process ids are used again; with the
 * start time they are not.
 */
export async function senderName(): Promise<string> {
	return `${process.pid}-${(await startOf(process.pid)) ?? ""}-${randomBytes(4).toString("hex")}`;
}

/** Whether the process that made a sender's folder still runs. */
export async function isSending(folder: string): Promise<boolean> {
	const [pid, start] = folder.split("-");
	return start !== "" && start === (await startOf(Number(pid)));
}

/** Start time of a process in a unit of the operating system's; undefined where there is no such process. */
async function startOf(pid: number): Promise<string | undefined> {
	if (process.platform === "linux") {
		try {
			// The program's name, in brackets, may hold spaces; the 20th field after it is the start time.
			const text = await readFile(`/proc/${pid}/stat`, "utf8");
			return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === "ENOENT" || code === "ESRCH") return undefined;
			throw error;
		}
	}
	return new Promise((resolve) => {
		execFile("ps", ["-o", "lstart=", "-p", String(pid)], (error, stdout) => {
			resolve(error === null ? String(Date.parse(stdout.trim())) : undefined);
		});
	});
}
