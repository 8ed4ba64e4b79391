import { randomBytes } from "node:crypto";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../../../common/errors.ts";
import { isMissing, readIfThere } from "../../../common/fs.ts";
import { sleep } from "../../../common/poll.ts";
import {
	formatIdentity,
	identify,
	isRunning,
	type ProcessIdentity,
	parseIdentity,
} from "../../../common/process/processIdentity.ts";

/** In the command line of whoever takes a lock. */
const program = "node";

/** Owner of a lock that cannot be read. */
const nobody: ProcessIdentity = { pid: 0, stamp: "" };

/**
 * Runs a piece of work that only one process may do at a time. The lock file names its owner; one whose owner has died is
 * taken over.
 * @param onWait called once with the owner's process id where the work has to wait.
 */
export async function withLockFile<T>(
	path: string,
	signal: AbortSignal,
	onWait: (pid: number) => void,
	run: () => Promise<T>,
): Promise<T> {
	await mkdir(dirname(path), { recursive: true });
	let waited = false;
	while (!(await take(path))) {
		const owner = await ownerOf(path);
		if (owner === undefined) continue;
		if (!isRunning(owner, program)) {
			await removeDead(path);
			continue;
		}
		if (!waited) onWait(owner.pid);
		waited = true;
		await sleep(100, signal);
	}
	try {
		return await run();
	} finally {
		await rm(path, { force: true });
	}
}

/** The file appears with its content, since a hard link is made of a whole one: no reader ever sees an empty lock. */
async function take(path: string): Promise<boolean> {
	const mine = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
	await writeFile(mine, formatIdentity(identify()));
	try {
		await link(mine, path);
		return true;
	} catch (error) {
		if (errorCode(error) === "EEXIST") return false;
		throw error;
	} finally {
		await rm(mine, { force: true });
	}
}

/** Moves the lock away before looking at it again: another process may have taken it over in between. */
async function removeDead(path: string): Promise<void> {
	const moved = `${path}.${process.pid}.dead`;
	try {
		await rename(path, moved);
	} catch (error) {
		if (isMissing(error)) return;
		throw error;
	}
	const owner = await ownerOf(moved);
	if (owner !== undefined && isRunning(owner, program)) await rename(moved, path);
	else await rm(moved, { force: true });
}

/** @returns undefined where there is no lock. */
async function ownerOf(path: string): Promise<ProcessIdentity | undefined> {
	const text = await readIfThere(path);
	return text === undefined ? undefined : (parseIdentity(text) ?? nobody);
}
