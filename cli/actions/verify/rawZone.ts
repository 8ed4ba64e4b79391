import { isLoadFile, lake, rawColumns } from "../../../etl/contract/contract.ts";
import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import type { ObjectStore, StoredObject } from "../../engines/port.ts";
import { comparable } from "./comparable.ts";
import { readRawRows } from "./rawRows.ts";

/** Rows of a table as the raw zone has them. */
export type RawRow = Record<string, string | null>;

export interface RawFiles {
	keys: string[];
	rows: RawRow[];
	/** Of the newest of them. */
	modified: Date;
}

/** The table's files in the raw zone. @param after their keys come after this one. */
export async function rawObjects(
	raw: ObjectStore,
	{ schema, table }: TableName,
	after?: string,
): Promise<StoredObject[]> {
	const objects: StoredObject[] = [];
	for await (const object of raw.list(`${lake.rawTable(schema, table)}/`, after)) objects.push(object);
	return objects;
}

/** Files that are there before something is written. */
export interface KnownFiles {
	keys: ReadonlySet<string>;
	/** A key that every later file of changes comes after, so that a table's whole history is listed once; absent where none is. */
	after?: string;
}

/** Files are named by the time of their first change, and are written within that time. */
const writtenWithinMs = 15 * 60_000;

export async function knownFiles(raw: ObjectStore, table: TableName, now = Date.now()): Promise<KnownFiles> {
	const objects = await rawObjects(raw, table);
	const old = objects.filter(({ key, modified }) => !isLoadFile(key) && modified.getTime() < now - writtenWithinMs);
	const after = old.at(-1)?.key;
	return { keys: new Set(objects.map(({ key }) => key)), ...(after !== undefined && { after }) };
}

export interface Wanted {
	table: TableName;
	/** Columns to read, beside those that replication adds. */
	columns: readonly string[];
	key: readonly string[];
	/** Keys of rows. */
	keys: readonly (readonly unknown[])[];
	operation: string;
}

/** Changes of some rows in files that are not known, once every row is among them. */
export async function arrivedRows(
	raw: ObjectStore,
	known: KnownFiles,
	{ table, columns, key, keys, operation }: Wanted,
): Promise<RawFiles | undefined> {
	const found: RawFiles = { keys: [], rows: [], modified: new Date(0) };
	const wanted = new Set(keys.map(keyText));
	const seen = new Set<string>();
	for (const { key: object, modified } of await rawObjects(raw, table, known.after)) {
		if (known.keys.has(object)) continue;
		const rows = await readRawRows(object, await raw.fetch(object), [rawColumns.op, rawColumns.commitTime, ...columns]);
		const mine = rows.filter(
			(row) => row[rawColumns.op] === operation && wanted.has(keyText(key.map((name) => row[name]))),
		);
		if (mine.length === 0) continue;
		for (const row of mine) seen.add(keyText(key.map((name) => row[name])));
		found.keys.push(object);
		found.rows.push(...mine);
		if (modified > found.modified) found.modified = modified;
	}
	return seen.size === wanted.size ? found : undefined;
}

/** A key, to compare it. */
export function keyText(values: readonly unknown[]): string {
	return JSON.stringify(values.map(comparable));
}
