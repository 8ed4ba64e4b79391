import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { qualifiedName, quoteName } from "../../engines/mysql/quote.ts";
import type { SourceConnection } from "../../engines/port.ts";

/** A value as text; numbers that a double holds exactly stay numbers, for they are literals of every SQL. */
export type Value = string | number | null;

/** Values of a row, in the order of the columns that were asked for. */
export type Row = readonly Value[];

/** Rows by what they have in some columns. */
export interface Selection {
	columns: readonly string[];
	values: readonly (readonly unknown[])[];
}

/** @returns the rows as the source has them. */
export async function readRows(
	source: SourceConnection,
	table: TableName,
	columns: readonly string[],
	selection: Selection,
	order: readonly string[],
): Promise<Row[]> {
	const { sql, values } = condition(selection);
	const ordered = order.length === 0 ? "" : ` ORDER BY ${order.map(quoteName).join(", ")}`;
	const found = await source.query(
		`SELECT ${columns.map(quoteName).join(", ")} FROM ${qualifiedName(table)} WHERE ${sql}${ordered}`,
		values,
	);
	return found.map((row) => columns.map((name) => textOrNumber(row[name])));
}

/** Writes rows in one transaction. */
export async function insertRows(
	source: SourceConnection,
	table: TableName,
	columns: readonly string[],
	rows: readonly (readonly unknown[])[],
): Promise<void> {
	const places = rows.map((row) => `(${row.map(() => "?").join(", ")})`).join(", ");
	const sql = `INSERT INTO ${qualifiedName(table)} (${columns.map(quoteName).join(", ")}) VALUES ${places}`;
	await source.query(sql, rows.flat());
}

export async function deleteRows(source: SourceConnection, table: TableName, selection: Selection): Promise<void> {
	const { sql, values } = condition(selection);
	await source.query(`DELETE FROM ${qualifiedName(table)} WHERE ${sql}`, values);
}

export async function countRows(source: SourceConnection, table: TableName): Promise<number> {
	const [row] = await source.query(`SELECT COUNT(*) AS n FROM ${qualifiedName(table)}`);
	return Number(row?.n);
}

/** Columns of the table's primary key; none where it has none. */
export async function keyOf(source: SourceConnection, { schema, table }: TableName): Promise<string[]> {
	const rows = await source.query(
		`SELECT COLUMN_NAME AS name FROM information_schema.STATISTICS
		WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
		[schema, table],
	);
	return rows.map(({ name }) => String(name));
}

/** Columns of a table with their types, such as `varchar`; none where it is not there, or may not be seen. */
export async function columnsOf(
	source: SourceConnection,
	{ schema, table }: TableName,
): Promise<{ name: string; type: string }[]> {
	const rows = await source.query(
		`SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS
		WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
		[schema, table],
	);
	return rows.map(({ name, type }) => ({ name: String(name), type: String(type).toLowerCase() }));
}

export function condition({ columns, values }: Selection): { sql: string; values: unknown[] } {
	const list = columns.map(quoteName).join(", ");
	const places = columns.map(() => "?").join(", ");
	const [left, right] = columns.length === 1 ? [list, places] : [`(${list})`, `(${places})`];
	return { sql: `${left} IN (${values.map(() => right).join(", ")})`, values: values.flat() };
}

function textOrNumber(value: unknown): Value {
	if (value === undefined || value === null) return null;
	if (typeof value === "number" && (Number.isSafeInteger(value) || !Number.isInteger(value))) return value;
	return typeof value === "boolean" ? Number(value) : String(value);
}
