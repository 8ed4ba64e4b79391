import { isLoadFile, jobsToCurrentTables, operations, rawColumns } from "../../../etl/contract/contract.ts";
import { columnAction } from "../../../etl/contract/pipeline/pipeline.ts";
import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { currentName } from "../currentName.ts";
import { ColumnNames } from "./columnNames.ts";
import { comparable } from "./comparable.ts";
import { readCurrent } from "./currentRows.ts";
import { hasRun, jobsText, noting, type Way } from "./followRows.ts";
import { runWhenFree } from "./jobsWhenFree.ts";
import { statisticsDelay } from "./quiet.ts";
import { readRawRows } from "./rawRows.ts";
import { keyText, type RawRow, rawObjects } from "./rawZone.ts";
import { replicated } from "./replicated.ts";
import { textRows, type VerifyCheck, type VerifyReport } from "./report.ts";
import { columnsOf, keyOf, type Row, readRows, type Selection } from "./sourceRows.ts";

/** Rows of the file that are compared, at most. */
const most = 50;

/** Types that every engine prints the same way; `reconcile` compares the others, too. */
const comparedTypes = new Set(
	"tinyint smallint mediumint int bigint decimal char varchar tinytext text mediumtext longtext enum date".split(" "),
);

interface Followed {
	table: TableName;
	key: string[];
	columns: string[];
	names: ColumnNames;
	/** Columns and key as raw files have them. */
	raw: { columns: string[]; key: string[] };
}

/**
 * Follows what others changed in one of the tables to its current table.
 * @param moved tables of which the replication brought changes, in the order in which they are tried.
 * @param watchedSince when it was begun to watch them.
 * @returns undefined where none of the rows stood still.
 */
export async function followChange(
	way: Way,
	moved: readonly TableName[],
	watchedSince: number,
): Promise<VerifyReport | undefined> {
	const followed = await followable(way, moved);
	if (followed === undefined) return undefined;
	const { table, columns, names } = followed;
	const { key } = followed.raw;
	const checks: VerifyCheck[] = [];
	const file = await replicated(way, { title: "raw zone", what: "a raw file that contains the change" }, () =>
		newestFile(way, table, watchedSince - statisticsDelay[way.stack.engine]),
	);
	const read = [rawColumns.op, rawColumns.commitTime, ...followed.raw.columns];
	const rawRows = lastOfKeys(await readRawRows(file.key, await way.raw.fetch(file.key), read), key).slice(-most);
	const committedAt = Math.max(...rawRows.map((row) => timeOf(row[rawColumns.commitTime])));
	const since = (time = Date.now()): number => Math.max(0, (time - committedAt) / 1000);
	const note = noting(checks, since);
	note("table statistics", true, `${table.schema}.${table.table} moved`);
	note("raw zone", rawRows.length > 0, `${rawRows.length} rows in ${file.key}`);

	const selection = await selectionOf(way, followed, rawRows);
	const before = await readRows(way.source, table, columns, selection, []);
	const etl = await runWhenFree(way.stack, jobsToCurrentTables, way.context);
	note("jobs", hasRun(etl), jobsText(etl));
	const name = currentName(way.definition, etl.catalog, table);
	const current = await readCurrent(await way.query(), name, columns, selection, names, way.context);
	const queryable = since();
	const after = await readRows(way.source, table, columns, selection, []);

	const settled = rawRows.filter((row) => isSettled(row, byKey(before, followed), byKey(after, followed), followed));
	if (settled.length === 0) return undefined;
	const wanted = byKey(after, followed);
	const inLake = byKey(current, followed);
	const differing = settled.filter((row) => {
		const id = keyText(key.map((column) => row[column]));
		return inLake.get(id) !== wanted.get(id);
	});
	const equal = settled.length - differing.length;
	note(
		"current table",
		differing.length === 0,
		`${equal} of ${settled.length} rows equal the source, or are deleted there too`,
	);
	const isTwice = current.length > inLake.size;
	if (isTwice) note("keys", false, `${current.length} rows with ${inLake.size} keys in the lake`);
	return {
		stack: way.stack.name,
		ok: checks.every(({ ok }) => ok),
		kind: "change",
		checks,
		table: `${table.schema}.${table.table}`,
		columns,
		rows: textRows(after),
		rawFiles: [file.key],
		rawRows,
		latency: { raw: since(file.modified.getTime()), queryable },
		removed: false,
	};
}

/** The first of the tables whose rows can be found by a key that comes into the lake. */
async function followable(way: Way, tables: readonly TableName[]): Promise<Followed | undefined> {
	const { pipeline } = way.definition;
	for (const { schema, table } of tables) {
		const name = { schema, table };
		const key = await keyOf(way.source, name);
		const types = await columnsOf(way.source, name);
		const names = new ColumnNames(
			types.map((column) => column.name).filter((column) => columnAction(pipeline, name, column) !== "drop"),
			way.stack.engine,
		);
		const raw = (list: readonly string[]): string[] => list.map((column) => names.raw(column));
		const columns = types
			.filter((column) => comparedTypes.has(column.type) && columnAction(pipeline, name, column.name) === "keep")
			.map((column) => column.name);
		if (key.length > 0 && key.every((column) => columns.includes(column))) {
			return { table: name, key, columns, names, raw: { columns: raw(columns), key: raw(key) } };
		}
	}
	return undefined;
}

/** The newest file of changes of a table, of those that came since a time. */
async function newestFile(
	way: Way,
	table: TableName,
	since: number,
): Promise<{ key: string; modified: Date } | undefined> {
	const files = (await rawObjects(way.raw, table)).filter(
		({ key, modified }) => !isLoadFile(key) && modified.getTime() >= since,
	);
	return files.sort((a, b) => a.modified.getTime() - b.modified.getTime() || (a.key < b.key ? -1 : 1)).at(-1);
}

/** The last change of each row, in the order of the file. */
function lastOfKeys(rows: readonly RawRow[], key: readonly string[]): RawRow[] {
	const last = new Map<string, RawRow>();
	for (const row of rows) {
		const id = keyText(key.map((name) => row[name]));
		last.delete(id);
		last.set(id, row);
	}
	return [...last.values()];
}

/** The rows by their keys, whole numbers as numbers. */
async function selectionOf(
	way: Way,
	{ table, key, raw }: Followed,
	rows: readonly RawRow[],
): Promise<Selection & { values: Row[] }> {
	const numbers = new Set(
		(await columnsOf(way.source, table)).filter(({ type }) => /int$/.test(type)).map(({ name }) => name),
	);
	const keyValue = (name: string, text: string | null | undefined) =>
		numbers.has(name) && Number.isSafeInteger(Number(text)) ? Number(text) : (text ?? null);
	return { columns: key, values: rows.map((row) => key.map((name, at) => keyValue(name, row[raw.key[at] ?? ""]))) };
}

/** Whole rows as text, by their keys. */
function byKey(rows: readonly (readonly unknown[])[], { key, columns }: Followed): Map<string, string> {
	return new Map(rows.map((row) => [keyText(key.map((name) => row[columns.indexOf(name)])), keyText(row)]));
}

/** Whether a row did not change at the source since the change that was read. */
function isSettled(
	row: RawRow,
	before: ReadonlyMap<string, string>,
	after: ReadonlyMap<string, string>,
	{ raw }: Followed,
): boolean {
	const id = keyText(raw.key.map((name) => row[name]));
	const now = after.get(id);
	if (before.get(id) !== now) return false;
	if (row[rawColumns.op] === operations.delete) return now === undefined;
	return now === keyText(raw.columns.map((name) => row[name]));
}

function timeOf(text: string | null | undefined): number {
	const time = Date.parse(`${String(comparable(text)).replace(" ", "T")}Z`);
	return Number.isNaN(time) ? Date.now() : time;
}
