import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { errorCode } from "../errors.ts";
import { isMissing, readIfThere, writeFileAtomic } from "../fs.ts";
import { PollTimeout, poll } from "../poll.ts";

/** A process as others note it. Process ids are used again; together with the start they are not. */
export interface ProcessIdentity {
	pid: number;
	/** When it began, in a unit of the operating system's; empty in what an earlier version or another program wrote. */
	stamp: string;
}

/**
 * A process as it is now. `hidden`: another user's, on a system that shows only a user's own. One that is just ending has no
 * command line any more.
 */
type Seen = { stamp: string; commandLine: string | undefined } | "hidden" | "gone";

/** The identity of a process that runs now. */
export function identify(pid = process.pid): ProcessIdentity {
	const seen = lookUp(pid);
	return { pid, stamp: typeof seen === "string" ? "" : seen.stamp };
}

/** The content of a pid file. */
export function formatIdentity({ pid, stamp }: ProcessIdentity): string {
	return `${pid} ${stamp}\n`;
}

/** @returns undefined for anything that is not a pid file's content; its first line counts. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
	const [, id, stamp = ""] = /^(\d+)(?: (.*))?\s*$/.exec(text.split("\n", 1)[0] ?? "") ?? [];
	// Earlier versions wrote the start in words on macOS.
	return id === undefined ? undefined : { pid: Number(id), stamp: /^\d+$/.test(stamp) ? stamp : "" };
}

/**
 * Whether a process that was noted still runs, and is not another one with its id.
 * @param mark a text in its command line, which decides alone where the start was not noted.
 */
export function isRunning({ pid, stamp }: ProcessIdentity, mark = ""): boolean {
	const seen = lookUp(pid);
	if (typeof seen === "string") return seen === "hidden";
	if (stamp === "") return mark !== "" && seen.commandLine?.includes(mark) === true;
	return stamp === seen.stamp && seen.commandLine?.includes(mark) !== false;
}

/** Whether any process has this id; one that has ended and waits for its parent to notice does not count. */
export function isAlive(pid: number): boolean {
	return lookUp(pid) !== "gone";
}

/**
 * The process of a pid file, where it still runs. A file without the start, of an earlier version or another program's, gets
 * it.
 * @param mark a text in the command line of whatever may have written the file.
 */
export async function runningProcess(pidFile: string, mark: string): Promise<ProcessIdentity | undefined> {
	const noted = parseIdentity((await readIfThere(pidFile)) ?? "");
	if (noted === undefined || !isRunning(noted, mark)) return undefined;
	if (noted.stamp !== "") return noted;
	const identity = identify(noted.pid);
	// On a full disk a process must still be found, so that it can be stopped.
	await writeFileAtomic(pidFile, formatIdentity(identity)).catch(() => undefined);
	return identity;
}

/**
 * Asks a process to end, and kills it where it does not within the grace period. Does nothing where the process that was noted
 * has ended, whatever has its id now.
 * @param graceMs milliseconds between SIGTERM and SIGKILL.
 */
export async function endProcess(identity: ProcessIdentity, mark = "", graceMs = 15_000): Promise<void> {
	// Also an id that an earlier version noted stays the same process from here on.
	if (!isRunning(identity, mark)) return;
	const noted = identity.stamp === "" ? identify(identity.pid) : identity;
	send(noted, "SIGTERM");
	const hasEnded = async (): Promise<true | undefined> => (isRunning(noted) ? undefined : true);
	try {
		await poll({ firstMs: 50, timeoutMs: graceMs }, hasEnded);
	} catch (error) {
		if (!(error instanceof PollTimeout)) throw error;
		send(noted, "SIGKILL");
		await poll({ firstMs: 20 }, hasEnded);
	}
}

/** Sends a signal to a process that was noted, where it still runs. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
	if (isRunning(identity)) send(identity, signal);
}

function send({ pid }: ProcessIdentity, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if (errorCode(error) !== "ESRCH") throw error;
	}
}

function lookUp(pid: number): Seen {
	// For the system 0 and less are whole groups of processes, and 1 is the first of all.
	if (!Number.isSafeInteger(pid) || pid <= 1) return "gone";
	return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/** See proc(5). */
function fromProc(pid: number): Seen {
	try {
		// The second field, the program's name, is in parentheses and may hold spaces. The state is field 3, the number of
		// threads field 20, the start field 22.
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		const [state = "", threads = "", stamp = ""] = [fields[0], fields[17], fields[19]];
		// A killed server's first thread may end before the others, which hold its ports and files until they have ended.
		if (/[ZX]/.test(state)) return Number(threads) > 1 ? { stamp, commandLine: undefined } : "gone";
		const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
		return { stamp, commandLine };
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (isMissing(error) || ["ESRCH", "EACCES", "EPERM"].includes(code)) return isOthers(pid) ? "hidden" : "gone";
		throw error;
	}
}

/** Where there is no /proc: macOS. */
export function fromPs(pid: number): Seen {
	let line: string;
	try {
		line = execFileSync("ps", ["-ww", "-o", "stat=,lstart=,command=", "-p", String(pid)], {
			encoding: "utf8",
			env: { ...process.env, LC_ALL: "C" },
			stdio: ["ignore", "pipe", "ignore"],
		});
	} catch {
		return isOthers(pid) ? "hidden" : "gone";
	}
	const [, state = "Z", start = "", commandLine = ""] =
		/^\s*(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\d{4})\s+(.*)/.exec(line) ?? [];
	return state.startsWith("Z") ? "gone" : { stamp: String(Date.parse(start)), commandLine };
}

function isOthers(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return false;
	} catch (error) {
		return errorCode(error) === "EPERM";
	}
}
