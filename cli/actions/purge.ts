import { lake } from "../../etl/contract/contract.ts";
import type { Definition } from "../../etl/definition/definition.ts";
import { jobWaves, type Location } from "../../etl/definition/jobs.ts";
import type { Context, RuleChange, Stack } from "../engines/port.ts";
import { buildModels } from "./etl/chosenModels.ts";
import { type EtlResult, runEtl } from "./etl/runEtl.ts";

export interface PurgeResult {
	/** Tables that were removed everywhere, with the reason where their rules had changed. */
	tables: { schema: string; table: string; what: string }[];
	/** Jobs whose tables were removed, to be made again. */
	rebuilt: string[];
	/** Where values may remain all the same, a line each. */
	leaves?: readonly string[];
	/** Absent where there was nothing to do. */
	etl?: EtlResult;
}

/**
 * Removes all that the lake has of tables, loads them by the definition as it is now, and has everything built again that was
 * made of them. Stopped at any moment, it is repeated by the same command; until then jobs and replication refuse to go on.
 * @param asked tables besides those whose rules have changed.
 */
export async function purge(
	stack: Stack,
	asked: readonly { schema: string; table: string }[],
	context: Context,
): Promise<PurgeResult> {
	const replication = await stack.replication();
	const tables = affected(asked, await replication.ruleChanges());
	if (tables.length === 0) return { tables: [], rebuilt: [] };
	const jobs = await stack.jobs();
	const processed = await stack.processed();
	const { folders, rebuilt } = purgedPlaces(await stack.definition(), tables);
	await jobs.alone(context, (free) => {
		const clean = async (): Promise<void> => {
			await context.reporter.task("Remove old values from the processed zone", async (update) => {
				for (const folder of folders) {
					context.signal.throwIfAborted();
					update(folder);
					await processed.remove(folder);
				}
				await jobs.removeRuns(context);
			});
		};
		return replication.purge(context, tables, clean, free);
	});
	const leaves = (await stack.purgeLeaves?.()) ?? [];
	return { tables, rebuilt, ...(leaves.length > 0 && { leaves }), etl: await runEtl(stack, [], context) };
}

function affected(
	asked: readonly { schema: string; table: string }[],
	changes: readonly RuleChange[],
): PurgeResult["tables"] {
	const found = new Map<string, PurgeResult["tables"][number]>();
	for (const { schema, table } of asked) found.set(`${schema}.${table}`, { schema, table, what: "as requested" });
	for (const { schema, table, what } of changes) {
		const id = `${schema}.${table}`;
		const before = found.get(id)?.what ?? "as requested";
		found.set(id, { schema, table, what: before === "as requested" ? what : `${before}; ${what}` });
	}
	return [...found.values()];
}

/**
 * Folders and files of the processed zone that hold values of tables, or what was made of them, and the jobs that make it again.
 * Models are all built again: they are cheap, and each may read any other.
 */
export function purgedPlaces(
	{ jobs, pipeline }: Pick<Definition, "jobs" | "pipeline">,
	tables: readonly { schema: string; table: string }[],
): { folders: string[]; rebuilt: string[] } {
	const tainted = tables.flatMap(({ schema, table }): Location[] => [
		{ zone: "raw", prefix: lake.rawTable(schema, table) },
		{ zone: "processed", prefix: lake.changeLog(schema, table) },
		{ zone: "processed", prefix: lake.current(schema, table) },
	]);
	const folders = tables.flatMap(({ schema, table }) => [
		`${lake.changeLog(schema, table)}/`,
		`${lake.current(schema, table)}/`,
		lake.tableState(schema, table),
		`${lake.stream}/${lake.changeLog(schema, table)}/`,
		`${lake.stream}/${lake.tableState(schema, table)}`,
		`${lake.stream}/${lake.state}/${lake.changeLog(schema, table)}/`,
	]);
	const models = lake.roots.models;
	folders.push(`${lake.staging}/`, `${models}/`, `${lake.state}/${models}/`, `${lake.state}/${models}.json`);
	tainted.push({ zone: "processed", prefix: models });
	const own = new Set(jobs.filter(({ writes }) => isOwn(writes)).map(({ name }) => name));
	const rebuilt: string[] = [];
	for (const job of jobWaves(jobs).flat()) {
		if (!own.has(job.name) || !job.reads.some((place) => tainted.some((one) => overlaps(place, one)))) continue;
		tainted.push(...job.writes);
		rebuilt.push(job.name);
		const written = job.writes.filter(({ zone }) => zone === "processed").map(({ prefix }) => prefix);
		folders.push(`${lake.state}/${job.name}.json`);
		for (const prefix of written)
			folders.push(`${prefix}/`, `${lake.state}/${prefix}.json`, `${lake.state}/${prefix}/`);
	}
	if (pipeline.models !== undefined) rebuilt.unshift(buildModels);
	return { folders: [...new Set(folders)], rebuilt };
}

/** Whether a job makes tables of its own: what the others write is removed table by table. */
function isOwn(writes: readonly Location[]): boolean {
	const shared = ["", lake.roots.current, lake.roots.models];
	return writes.every(({ prefix }) => !shared.includes(prefix));
}

function overlaps(a: Location, b: Location): boolean {
	if (a.zone !== b.zone) return false;
	const [x, y] = [a, b].map(({ prefix }) => (prefix === "" ? "" : `${prefix}/`)) as [string, string];
	return x.startsWith(y) || y.startsWith(x);
}
