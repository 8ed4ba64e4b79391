import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../../cli/common/errors.ts";

/** How long what was asked to end may take to do so. */
const graceMs = 10_000;

/**
 * Gives a run of tests one folder for all its temporary files. Servers and daemons have it in their command lines, so that those
 * that still run at the end are found and ended, also where a test's process was killed and no hook of its own could do it.
 * @returns the end of the run, which fails where processes were left behind.
 */
export default function setup(): () => Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "pipeline-run-"));
	process.env.TMPDIR = folder;
	// Also where the run is interrupted, which skips the end below.
	process.on("exit", () => {
		for (const { pid } of processesOf(folder)) killIfThere(pid);
		rmSync(folder, { recursive: true, force: true });
	});
	process.once("SIGTERM", () => process.exit(143));
	return async () => {
		const end = Date.now() + graceMs;
		let left = processesOf(folder);
		while (left.length > 0 && Date.now() < end) {
			await sleep(100);
			left = processesOf(folder);
		}
		if (left.length === 0) return;
		process.exitCode = 1;
		throw new Error(`Tests left processes behind:\n${left.map(({ line }) => line).join("\n")}`);
	};
}

function processesOf(folder: string): { pid: number; line: string }[] {
	const lines = execFileSync("ps", ["-ww", "-e", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
	return lines
		.filter((line) => line.includes(folder))
		.map((line) => ({ pid: Number.parseInt(line, 10), line: line.trim() }));
}

function killIfThere(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch (error) {
		if (errorCode(error) !== "ESRCH") throw error;
	}
}
