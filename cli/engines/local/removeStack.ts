import { readlink, realpath, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, sep } from "node:path";
import { PipelineError } from "../../common/errors.ts";
import { exists, isLink, namesIn } from "../../common/fs.ts";
import { projectRoot } from "../../common/projectRoot.ts";
import { ignoreFile, isHiddenFromGit } from "./shared/home.ts";

/** Entries of a stack's folder; what is written beside them has their name and an ending. */
const entries = [
	"stack.json",
	"source",
	"replication",
	"lake",
	"runs",
	"schedule",
	"logs",
	"catalog.json",
	"warehouse.duckdb",
	"python",
];

/** Folders of the lake, of which one may be on another disk. */
const zones = ["raw", "processed", "delivery"];

/**
 * Removes a stack. Its folder goes, too, where it is the project's own or holds nothing else.
 * @param beside names of stacks in folders below it. They stay, with the Python environment that they share.
 * @throws PipelineError naming what else it holds, when the stack is gone.
 */
export async function removeStack(home: string, beside: readonly string[] = []): Promise<void> {
	assertRemovable(home);
	const folder = (await exists(home)) ? await realpath(home) : home;
	// Of a link the link alone would go, and the data stay.
	assertRemovable(folder);
	const linked = await linksIn(folder);
	await removeEntries(home, folder, beside);
	if (linked.length === 0) return;
	throw new PipelineError("failure", {
		what: "The stack is removed, but not the folders that its symbolic links point to.",
		why: `Nothing is removed through a link, because its target may contain more than the stack's own files: ${linked.join(", ")}.`,
		fix: "Remove them by hand if they are no longer needed.",
	});
}

/** Symbolic links where folders with data should be, with their targets: not the Python environment, which is the same for all. */
async function linksIn(folder: string): Promise<string[]> {
	const places = [...entries.filter((name) => name !== "python"), ...zones.map((zone) => `lake/${zone}`)];
	const found: string[] = [];
	for (const place of places) {
		const path = join(folder, place);
		if (await isLink(path)) found.push(`${path} -> ${await readlink(path)}`);
	}
	return found;
}

async function removeEntries(given: string, home: string, beside: readonly string[]): Promise<void> {
	const isOwn = home === join(projectRoot, ".pipeline") && beside.length === 0;
	const shared = beside.length === 0 ? [] : [ignoreFile, "python", ...beside];
	const isShared = (name: string): boolean => shared.some((one) => name === one || name.startsWith(`${one}.`));
	const hidesItself = await isHiddenFromGit(home);
	const isOurs = (name: string): boolean =>
		(name === ignoreFile && hidesItself) ||
		/^\.duckdb-/.test(name) ||
		entries.some((entry) => name === entry || name.startsWith(`${entry}.`));
	const names = isOwn ? [] : (await namesIn(home)).filter((name) => !isShared(name));
	const others = names.filter((name) => !isOurs(name));
	if (others.length === 0 && beside.length === 0) {
		for (const path of [home, given]) await rm(path, { recursive: true, force: true });
		return;
	}
	for (const name of names.filter(isOurs)) await rm(join(home, name), { recursive: true, force: true });
	if (others.length === 0) return;
	throw new PipelineError("failure", {
		what: `The stack is removed, but the folder ${home} is kept.`,
		why: `It contains files that do not belong to the stack: ${others.join(", ")}.`,
		fix: "Remove them by hand if they are no longer needed. Set PIPELINE_HOME to a separate folder for the next stack.",
	});
}

/**
 * PIPELINE_HOME may name any folder; in one that holds more than stacks nothing is removed.
 * @throws PipelineError for the project, the user's home, and all that is above them.
 */
export function assertRemovable(folder: string): void {
	if (![homedir(), projectRoot].some((kept) => isWithin(kept, folder))) return;
	throw new PipelineError("usage", {
		what: `${folder} was not removed.`,
		why: "It contains more than the local stack.",
		fix: "Set PIPELINE_HOME to a separate folder for the stack, and remove what is no longer needed by hand.",
	});
}

function isWithin(path: string, folder: string): boolean {
	const way = relative(folder, path);
	return way === "" || !(way === ".." || way.startsWith(`..${sep}`));
}
