import { createHash, type Hash } from "node:crypto";
import { type Dirent, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { lake } from "../../../../etl/contract/contract.ts";
import type { Definition } from "../../../../etl/definition/definition.ts";
import { isMissing } from "../../../common/fs.ts";
import { toolRoot } from "../../../common/projectRoot.ts";
import type { LocalPaths } from "../shared/paths.ts";

/** A link to a folder: what is behind it may be anywhere, or lead back. */
class Linked extends Error {}

/**
 * One text for all that the jobs of a run go by: each file of the lake by its path, size and time, as jobs tell a changed one, and
 * the code and the definition of the jobs. One look at the folders, whatever the number of jobs.
 * @param document what the jobs get of the definition.
 * @returns undefined where nobody can say it: the lake has links to other folders.
 */
export function lakePrint(
	paths: Pick<LocalPaths, "home" | "raw" | "processed" | "python">,
	{ folder, jobs, pipeline }: Pick<Definition, "folder" | "jobs" | "pipeline">,
	document: string,
): string | undefined {
	const hash = createHash("sha256").update(document);
	const code = new Set([join(toolRoot, "etl"), ...jobs.map(({ script }) => dirname(script))]);
	if (pipeline.models !== undefined) code.add(join(folder, pipeline.models));
	try {
		addFile(hash, join(paths.python, "installed.json"));
		for (const one of code) addFolder(hash, one, (name, path) => isCode(name) && path !== paths.home);
		addFolder(hash, paths.raw);
		const notRead = new Set([lake.runs, lake.salvaged].map((name) => join(paths.processed, name)));
		addFolder(hash, paths.processed, (_, path) => !notRead.has(path));
	} catch (error) {
		if (error instanceof Linked) return undefined;
		throw error;
	}
	return hash.digest("hex");
}

function isCode(name: string): boolean {
	return !name.startsWith(".") && name !== "__pycache__" && name !== "node_modules";
}

function addFolder(hash: Hash, folder: string, counts: (name: string, path: string) => boolean = () => true): void {
	hash.update(`${folder}\n`);
	const inner: string[] = [];
	for (const entry of entriesOf(folder)) {
		const path = join(folder, entry.name);
		if (!counts(entry.name, path)) continue;
		if (entry.isDirectory()) inner.push(path);
		else addFile(hash, path);
	}
	for (const path of inner) addFolder(hash, path, counts);
}

function addFile(hash: Hash, path: string): void {
	const about = statSync(path, { bigint: true, throwIfNoEntry: false });
	if (about?.isDirectory()) throw new Linked(path);
	hash.update(about === undefined ? `${path} -\n` : `${path} ${about.size} ${about.mtimeNs}\n`);
}

/** In one order; none where there is no such folder, or no more. */
function entriesOf(folder: string): Dirent[] {
	try {
		return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}
