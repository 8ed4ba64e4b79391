import { constants } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { readDefinition } from "../../../etl/definition/definition.ts";
import { definedModels } from "../../../etl/models/definedModels.ts";
import { bug, errorCode, messageOf, PipelineError } from "../../common/errors.ts";
import { exists } from "../../common/fs.ts";
import type { Place } from "./place.ts";

/**
 * Puts files in their places, none of which may be taken: all of them, or none. The definition is read before anything is where it
 * belongs.
 * @param files texts by absolute path: of the definition below its folder, of the project elsewhere, each with a name of its own.
 * @param etlFolder the project's `etl`.
 */
export async function placeFiles(place: Place, files: ReadonlyMap<string, string>, etlFolder: string): Promise<void> {
	const root = dirname(place.stackFile);
	await checkAbsent([...files.keys()], root);
	let temporary: string | undefined;
	const undo: (() => Promise<unknown>)[] = [];
	try {
		const made = await mkdir(dirname(place.folder), { recursive: true });
		if (made !== undefined) undo.push(() => rmdir(made));
		// Beside the folder, and so on the same disk.
		temporary = await mkdtemp(join(dirname(place.folder), ".init-"));
		const draft = join(temporary, "definition");
		const beside = join(temporary, "beside");
		const isBeside = (path: string): boolean => relative(place.folder, path).split(sep)[0] === "..";
		const draftOf = (path: string): string =>
			isBeside(path) ? join(beside, basename(path)) : join(draft, relative(place.folder, path));
		for (const [path, text] of files) {
			await mkdir(dirname(draftOf(path)), { recursive: true });
			await writeFile(draftOf(path), text);
		}
		checkDraft(draft, etlFolder);
		if (await exists(place.folder)) {
			for (const path of files.keys()) {
				const folder = await mkdir(dirname(path), { recursive: true });
				if (folder !== undefined) undo.push(() => rmdir(folder));
				await moveInto(draftOf(path), path, undo);
			}
		} else {
			for (const path of files.keys()) if (isBeside(path)) await moveInto(draftOf(path), path, undo);
			await rename(draft, place.folder);
		}
	} catch (error) {
		for (const back of undo.reverse()) await back().catch(() => undefined);
		if (errorCode(error) === "EEXIST") await checkAbsent([...files.keys()], root);
		throw asWriteError(error, place);
	} finally {
		if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
	}
}

/** @throws PipelineError naming every file that is there. @param root what names are shown from. */
export async function checkAbsent(paths: readonly string[], root: string): Promise<void> {
	const found: string[] = [];
	for (const path of paths) if (await exists(path)) found.push(shownFrom(root, path));
	if (found.length === 0) return;
	throw new PipelineError("usage", {
		what: `${found.join(", ")} already ${found.length === 1 ? "exists" : "exist"}, so nothing was written.`,
		why: "init never overwrites files.",
		fix: "Choose another name, or move the existing files away.",
		next: "pipeline-cli init --help",
	});
}

/** A file where none may be. `link` fails for one that came in between; where a disk has no links, so does the copy. */
async function moveInto(from: string, to: string, undo: (() => Promise<unknown>)[]): Promise<void> {
	try {
		await link(from, to);
	} catch (error) {
		if (errorCode(error) === "EEXIST") throw error;
		await copyFile(from, to, constants.COPYFILE_EXCL);
	}
	undo.push(() => rm(to));
}

function checkDraft(folder: string, etlFolder: string): void {
	try {
		definedModels(readDefinition(folder, etlFolder));
	} catch (error) {
		throw bug(`the new definition cannot be read: ${messageOf(error)}`);
	}
}

function asWriteError(error: unknown, { folder }: Place): unknown {
	const code = errorCode(error);
	if (code === undefined || error instanceof PipelineError) return error;
	return new PipelineError(
		"failure",
		{
			what: `${folder} could not be written; everything written so far was removed.`,
			why: messageOf(error),
			fix: "Free disk space, get write permission there, or choose another folder.",
		},
		{ cause: error },
	);
}

function shownFrom(root: string, path: string): string {
	const way = relative(root, path);
	return way.startsWith("..") ? path : way.split(sep).join("/");
}
