import { fstatSync, openSync, statSync } from "node:fs";
import { isMissing } from "../../../common/fs.ts";

/** How often a process looks whether its stack's folder is where it was, in milliseconds. */
const lookMs = 1000;

/**
 * Tells a folder from its copies: it stays the same where the folder is moved within a disk.
 * @returns empty where there is no such folder.
 */
export function folderId(path: string): string {
	try {
		const { dev, ino } = statSync(path, { bigint: true });
		return `${dev}:${ino}`;
	} catch (error) {
		if (isMissing(error)) return "";
		throw error;
	}
}

/**
 * Looks all the time whether a stack's folder is still where it was. A process that works for one that was moved or removed would
 * make a second one in its place, and go on beside whoever works for the first.
 * @param then called once where it is not; it must not write to the folder.
 */
export function whenMoved(home: string, then: () => void): void {
	// A folder that is open keeps its number, also where a file system makes numbers up as it goes.
	const opened = openSync(home, "r");
	const timer = setInterval(() => {
		if (isSame(opened, home)) return;
		clearInterval(timer);
		then();
	}, lookMs);
	timer.unref();
}

/** Whether a path leads to a folder that was opened; where that cannot be seen, nothing speaks against it. */
function isSame(opened: number, path: string): boolean {
	try {
		const { dev, ino } = fstatSync(opened, { bigint: true });
		return folderId(path) === `${dev}:${ino}`;
	} catch {
		return true;
	}
}
