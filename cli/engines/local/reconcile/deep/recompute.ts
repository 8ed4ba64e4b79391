import { mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { jobsToCurrentTables, lake, parquetExtension } from "../../../../../etl/contract/contract.ts";
import type { Definition } from "../../../../../etl/definition/definition.ts";
import { type JobDefinition, jobWaves } from "../../../../../etl/definition/jobs.ts";
import { PipelineError } from "../../../../common/errors.ts";
import { entriesOf, exists } from "../../../../common/fs.ts";
import { grouped } from "../../../../common/grouped.ts";
import type { Context } from "../../../port.ts";
import { filesBelow, isHidden } from "../../catalog/lakeFolders.ts";
import { linkFiles, type Scratch } from "../../jobs/recomputation.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { sizeOf } from "./rawFiles.ts";
import type { KnownTable } from "./tableState.ts";

/** What went wrong with jobs that computed again, by the job's name. */
export type Faults = Map<string, string>;

/** Folders of the processed zone that hold what jobs make of current tables. */
export function derivedFolders({ made }: Pick<Definition, "made">): string[] {
	return [lake.roots.models, ...made.map(({ schema }) => schema)];
}

/** Whether a folder of the processed zone is one of those, or below one. */
export function isDerived(prefix: string, folders: readonly string[]): boolean {
	return folders.some((folder) => prefix === folder || prefix.startsWith(`${folder}/`));
}

/**
 * Computes again what jobs make of the current tables and change logs, as these are, into the scratch: it has what the jobs read,
 * and nothing of what they wrote before.
 */
export async function recomputeDerived(
	paths: LocalPaths,
	scratch: Scratch,
	definition: Definition,
	known: readonly KnownTable[],
	context: Context,
): Promise<Faults> {
	const derived = derivedFolders(definition);
	for (const entry of await entriesOf(paths.processed)) {
		if (!entry.isDirectory() || isHidden(entry.name)) continue;
		await linkWithout(paths.processed, scratch.paths.processed, entry.name, derived);
	}
	for (const { schema, table, state } of known) {
		await writeState(scratch.paths, lake.tableState(schema, table), JSON.stringify(state));
	}
	const names = join(paths.processed, lake.tableNames);
	if (await exists(names)) await writeState(scratch.paths, lake.tableNames, await readFile(names, "utf8"));
	const own = definition.jobs.filter(({ name }) => !jobsToCurrentTables.includes(name));
	return runAll(scratch, own, context);
}

/** Computes current tables again from the change logs as they are. */
export async function recomputeCurrent(
	scratch: Scratch,
	definition: Definition,
	known: readonly KnownTable[],
	context: Context,
): Promise<Faults> {
	await rm(join(scratch.paths.processed, lake.roots.current), { recursive: true, force: true });
	await rm(join(scratch.paths.processed, lake.state), { recursive: true, force: true });
	for (const { schema, table, state } of known) {
		await writeState(
			scratch.paths,
			lake.tableState(schema, table),
			JSON.stringify({ ...state, applied: null, base: null }),
		);
	}
	return runAll(
		scratch,
		definition.jobs.filter(({ name }) => name === "apply-changes"),
		context,
	);
}

/** @throws PipelineError where the disk has no room for all current and derived tables a second time. */
export async function requireRoom(paths: LocalPaths, definition: Definition): Promise<void> {
	let needed = 0;
	for (const folder of [lake.roots.current, ...derivedFolders(definition)]) {
		for (const file of await filesBelow(join(paths.processed, folder), [parquetExtension])) {
			needed += (await sizeOf(file)) ?? 0;
		}
	}
	const { bavail, bsize } = await statfs(paths.home);
	if (bavail * bsize > needed * 1.5) return;
	throw new PipelineError("failure", {
		what: `The disk has too little space to recompute the tables: ${megabytes(bavail * bsize)} MB are free, but ${megabytes(needed * 1.5)} MB may be needed.`,
		why: "--deep has the jobs write a second copy of all current and derived tables, and removes it at the end.",
		fix: "Free some space, or compare without --deep.",
		next: "pipeline-cli reconcile",
	});
}

async function linkWithout(from: string, to: string, name: string, left: readonly string[]): Promise<void> {
	if (left.includes(name)) return;
	if (!left.some((folder) => folder.startsWith(`${name}/`))) return linkFiles(join(from, name), join(to, name));
	for (const entry of await entriesOf(join(from, name))) {
		if (entry.isDirectory()) await linkWithout(from, to, `${name}/${entry.name}`, left);
	}
}

async function writeState({ processed }: LocalPaths, path: string, text: string): Promise<void> {
	const target = join(processed, path);
	await mkdir(dirname(target), { recursive: true });
	await writeFile(target, text);
}

/** One after the other: nobody waits for them. */
async function runAll(scratch: Scratch, jobs: readonly JobDefinition[], context: Context): Promise<Faults> {
	const faults: Faults = new Map();
	for (const job of jobWaves(jobs).flat()) {
		const run = await context.reporter.task(`Recompute: ${job.name}`, () => scratch.run(job));
		context.signal.throwIfAborted();
		if (run.state !== "succeeded") {
			const [line] = (run.report?.error ?? run.logTail?.at(-1) ?? run.state).split("\n");
			faults.set(job.name, `${job.name} could not recompute it: ${line}`);
		}
	}
	return faults;
}

function megabytes(bytes: number): string {
	return grouped(Math.ceil(bytes / 1e6));
}
