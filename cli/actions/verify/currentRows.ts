import { quoteName } from "../../engines/duckdb/quote.ts";
import type { Context, Query } from "../../engines/port.ts";
import type { ColumnNames } from "./columnNames.ts";
import { comparable } from "./comparable.ts";
import type { Selection } from "./sourceRows.ts";

/** Rows of a current table, every value as text. @param selection values as they are at the source. */
export async function readCurrent(
	query: Query,
	table: string,
	columns: readonly string[],
	selection: Selection,
	names: ColumnNames,
	context: Context,
): Promise<(string | null)[][]> {
	const list = columns
		.map((name) => `CAST(${quoteName(names.lake(name))} AS VARCHAR) AS ${quoteName(name)}`)
		.join(", ");
	const { rows } = await query.run(
		`SELECT ${list} FROM ${quoteName(table)} WHERE ${conditionOf(selection, names)}`,
		context,
	);
	return rows.map((row) => columns.map((_, index) => textOf(row[index])));
}

export async function countCurrent(query: Query, table: string, context: Context): Promise<number> {
	const { rows } = await query.run(`SELECT COUNT(*) AS n FROM ${quoteName(table)}`, context);
	return Number(rows[0]?.[0]);
}

/** Rows by what they have in some columns; the same on DuckDB and on Athena, which compares no text with another type. */
export function conditionOf({ columns, values }: Selection, names: ColumnNames): string {
	const [only] = columns;
	if (values.length === 0) return "FALSE";
	if (columns.length === 1 && only !== undefined) return among(names.lake(only), values.flat());
	const rows = values.map((row) => columns.map((name, index) => among(names.lake(name), [row[index]])).join(" AND "));
	return rows.map((row) => `(${row})`).join(" OR ");
}

/** A number is one in every engine; all else is compared as the text that the source has of it. */
function among(column: string, values: readonly unknown[]): string {
	const name = quoteName(column);
	const given = values.filter((value) => value !== null && value !== undefined);
	const numbers = given.filter((value) => typeof value === "number");
	const texts = given.filter((value) => typeof value !== "number").flatMap((value) => timeTexts(String(value)));
	const quoted = texts.map((text) => `'${text.replaceAll("'", "''")}'`);
	const parts = [
		...(numbers.length === 0 ? [] : [`${name} IN (${numbers.join(", ")})`]),
		...(quoted.length === 0 ? [] : [`CAST(${name} AS VARCHAR) IN (${quoted.join(", ")})`]),
		...(given.length === values.length ? [] : [`${name} IS NULL`]),
	];
	return parts.length === 1 ? parts.join("") : `(${parts.join(" OR ")})`;
}

/** A value as engines print it: of a time, fractions with and without zeros, and with and without a zone. */
function timeTexts(value: string): string[] {
	const time = comparable(value);
	if (time === null || !/^\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(time)) return [value];
	const [seconds = "", fraction = ""] = time.split(".");
	const fractions = new Set(["", fraction, fraction.padEnd(3, "0"), fraction.padEnd(6, "0")]);
	return [...fractions]
		.filter((digits) => digits.replace(/0+$/, "") === fraction)
		.map((digits) => (digits === "" ? seconds : `${seconds}.${digits}`))
		.flatMap((text) => ["", " UTC", "+00"].map((zone) => `${text}${zone}`));
}

function textOf(value: unknown): string | null {
	return value === undefined || value === null ? null : String(value);
}
