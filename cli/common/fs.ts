import { randomBytes } from "node:crypto";
import { constants, type Dirent, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, PipelineError } from "./errors.ts";
import { shellWord } from "./shellWord.ts";

/** Whether an error says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
	const code = errorCode(error);
	// The second one: what should be a folder on the way there is a file.
	return code === "ENOENT" || code === "ENOTDIR";
}

/** The answer of some file operation; undefined where there is nothing at its path. */
async function ifThere<T>(operation: Promise<T>): Promise<T | undefined> {
	try {
		return await operation;
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
}

/** Whether there is a file or folder. A path that may not be looked at is an error, since nobody knows. */
export async function exists(path: string): Promise<boolean> {
	return (await ifThere(stat(path))) !== undefined;
}

/** Something else lies where a file of ours should be. */
export class NotAFile extends PipelineError {
	/** @param found what it is, with its article. */
	constructor(
		readonly path: string,
		readonly found: string,
	) {
		super("failure", {
			what: `${path} is ${found}, but pipeline-cli needs a file there.`,
			fix: "Move it away, then repeat the command.",
			next: `mv ${shellWord(path)} ${shellWord(`${path}.away`)}`,
		});
	}
}

/**
 * A file's text; undefined where there is no such file.
 * @throws NotAFile for all else: a pipe would be waited for without end, and a device may have none.
 */
export function readIfThere(path: string): Promise<string | undefined> {
	return ifThere(readText(path));
}

async function readText(path: string): Promise<string> {
	// Else opening a pipe waits for somebody to write to it.
	const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
		throw errorCode(error) === "ENXIO" ? new NotAFile(path, "a socket") : error;
	});
	try {
		const is = await file.stat();
		if (!is.isFile()) throw new NotAFile(path, kindOf(is));
		return await file.readFile("utf8");
	} finally {
		await file.close();
	}
}

function kindOf(is: Stats): string {
	if (is.isDirectory()) return "a folder";
	return is.isFIFO() ? "a named pipe" : "a device";
}

/** Entries of a folder; none where there is no such folder. */
export async function entriesOf(folder: string): Promise<Dirent[]> {
	return (await ifThere(readdir(folder, { withFileTypes: true }))) ?? [];
}

/** Names of a folder's entries, sorted; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
	return ((await ifThere(readdir(folder))) ?? []).sort();
}

/**
 * Replaces a file as a whole: after a crash either the old or the new content is there, on disk.
 * @param mode permission bits of the new file.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
	const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
	try {
		const file = await open(temporary, "wx", mode);
		try {
			await file.writeFile(content);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
	await syncFolder(dirname(path));
}

/** Makes a folder and those above it, durably: each that is new is an entry in its parent. */
export async function makeFolder(folder: string): Promise<void> {
	const first = await mkdir(folder, { recursive: true });
	if (first === undefined) return;
	for (let path = folder; path.length >= first.length; path = dirname(path)) await syncFolder(dirname(path));
}

/**
 * Removes a file or folder below a root, where there is one; of a symbolic link the link alone. What is inside is removed without
 * following links, too.
 * @param path relative to the root, with `/` between its parts.
 * @throws PipelineError where a folder on the way is a link: it leads to what is not ours.
 */
export async function removeBelow(root: string, path: string): Promise<void> {
	await requireNoLink(root, dirname(path));
	await rm(join(root, path), { recursive: true, force: true });
}

/**
 * That no folder from a root, which may be a link itself, down to a path is a symbolic link.
 * @param path relative to the root, with `/` between its parts.
 */
export async function requireNoLink(root: string, path: string): Promise<void> {
	let place = root;
	for (const part of path.split("/").filter((name) => name !== "" && name !== ".")) {
		place = join(place, part);
		if (!(await isLink(place))) continue;
		throw new PipelineError("failure", {
			what: `${place} is a symbolic link, and pipeline-cli does not remove anything through one.`,
			why: "Its target may contain more than the stack's own files.",
			fix: "Replace the link with a folder that contains its files. Only the whole lake may be a link.",
			next: "pipeline-cli status",
		});
	}
}

/** Whether there is a symbolic link at a path. */
export async function isLink(path: string): Promise<boolean> {
	return (await ifThere(lstat(path)))?.isSymbolicLink() === true;
}

/** Makes renames and removals in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
	let handle: FileHandle | undefined;
	try {
		handle = await open(folder, "r");
		await handle.sync();
	} finally {
		await handle?.close();
	}
}

/** Makes a file's content durable. */
export async function syncFile(path: string): Promise<void> {
	const handle = await open(path, "r+");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
