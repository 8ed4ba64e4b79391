import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./processes.ts";

/**
 * Runs a piece of work that only one process may do at a time. The lock file holds its owner's process id; one whose owner
 * has died is taken over.
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
		if (!holds(owner)) {
			await removeDead(path);
			continue;
		}
		if (!waited) onWait(owner);
		waited = true;
		await sleep(100, undefined, { signal }).catch(() => signal.throwIfAborted());
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
	await writeFile(mine, `${process.pid}\n`);
	try {
		await link(mine, path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
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
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
		throw error;
	}
	const owner = await ownerOf(moved);
	if (owner !== undefined && holds(owner)) await rename(moved, path);
	else await rm(moved, { force: true });
}

/** @returns the process id in the lock, 0 where it is unreadable, undefined where there is no lock. */
async function ownerOf(path: string): Promise<number | undefined> {
	try {
		const pid = Number.parseInt(await readFile(path, "utf8"), 10);
		return Number.isInteger(pid) && pid > 0 ? pid : 0;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

function holds(owner: number): boolean {
	return owner > 0 && isAlive(owner);
}
