import { changeLogName } from "../../../etl/contract/contract.ts";
import type { TableView } from "../../dashboard/data.ts";
import type { CatalogTable, Context, ObjectStore, Query, Stack } from "../../engines/port.ts";
import { askAll, nameInSql, textInSql } from "./ask.ts";
import { type LogFacts, loggedTable } from "./changeLogs.ts";

export type RegisteredTable = Pick<CatalogTable, "name" | "format" | "location">;

/** Objects of a zone that are looked at: on S3 a thousand is a call. */
const mostObjects = 20_000;

/** The tables of the catalog with rows, size and changes; a current table and its change log are one. */
export async function tableViews(
	tables: readonly RegisteredTable[],
	logs: readonly LogFacts[],
	sizes: LakeFiles["sizes"],
	query: Query,
	context: Context,
): Promise<TableView[]> {
	const rows = await rowCounts(tables, query, context);
	const factsOf = new Map(logs.map((facts) => [facts.table, facts]));
	const present = new Set(tables.map(({ name }) => name));
	const names = new Set(tables.map((table) => loggedTable(table) ?? table.name));
	return [...names].sort().map((name): TableView => {
		const log = changeLogName(name);
		const facts = present.has(log) ? factsOf.get(name) : undefined;
		const bytes = sumOf([name, log].filter((one) => present.has(one)).map((one) => sizes?.get(one)));
		const count = rows.get(name);
		return {
			name,
			...(count !== undefined && { rows: count }),
			...(bytes !== undefined && { bytes }),
			...(facts !== undefined && {
				log: {
					loaded: facts.loaded,
					inserts: facts.inserts,
					updates: facts.updates,
					deletes: facts.deletes,
					lastHour: facts.lastHour,
					lastDay: facts.lastDay,
				},
			}),
			...(facts?.newest !== undefined && { newest: facts.newest }),
		};
	});
}

/** Rows by table. Parquet and Iceberg know them without being read; lines of JSON would have to be, so nobody counts them. */
async function rowCounts(
	tables: readonly RegisteredTable[],
	query: Query,
	context: Context,
): Promise<Map<string, number>> {
	const counted = tables.filter((table) => table.format !== "json" && loggedTable(table) === undefined);
	const select = ({ name }: RegisteredTable): string =>
		`SELECT ${textInSql(name)} AS table_name, COUNT(*) AS row_count FROM ${nameInSql(name)}`;
	const answers = await askAll(counted, select, query, context);
	return new Map(answers.map((row) => [String(row.table_name), Number(row.row_count)]));
}

/** What the lake's files say: their bytes by table, and when those of the raw zone were written. */
export interface LakeFiles {
	/** Undefined where there are more files than are looked at. */
	sizes: ReadonlyMap<string, number> | undefined;
	/** When the newest file was written, of those that were looked at; whether these are all. */
	raw: { newest: Date | undefined; all: boolean };
}

export async function lakeFiles(stack: Stack, tables: readonly RegisteredTable[]): Promise<LakeFiles> {
	const [raw, processed] = [await stack.raw(), await stack.processed()];
	const sizes = new Map(tables.map(({ name }) => [name, 0]));
	const [inRaw, inProcessed] = await Promise.all([zoneFiles(raw, tables, sizes), zoneFiles(processed, tables, sizes)]);
	return { sizes: inRaw.all && inProcessed.all ? sizes : undefined, raw: inRaw };
}

/** Adds a zone's files to the sizes of their tables. @returns whether all were looked at, and when the newest was written. */
async function zoneFiles(
	store: ObjectStore,
	tables: readonly RegisteredTable[],
	sizes: Map<string, number>,
): Promise<{ all: boolean; newest: Date | undefined }> {
	const folders = new Map(
		tables
			.filter(({ location }) => location.startsWith(store.uri))
			.map(({ name, location }) => [location.slice(store.uri.length).replace(/\/$/, ""), name]),
	);
	let newest: Date | undefined;
	let objects = 0;
	for await (const { key, size, modified } of store.list("")) {
		objects += 1;
		if (objects > mostObjects) return { all: false, newest };
		if (newest === undefined || modified > newest) newest = modified;
		const table = tableOfKey(key, folders);
		if (table !== undefined) sizes.set(table, (sizes.get(table) ?? 0) + size);
	}
	return { all: true, newest };
}

/** The table whose folder an object is in, or below. */
function tableOfKey(key: string, folders: ReadonlyMap<string, string>): string | undefined {
	for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
		const table = folders.get(key.slice(0, end));
		if (table !== undefined) return table;
	}
	return undefined;
}

function sumOf(sizes: readonly (number | undefined)[]): number | undefined {
	return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
}
