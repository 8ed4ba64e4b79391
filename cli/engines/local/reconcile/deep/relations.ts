import type { DuckDBConnection } from "@duckdb/node-api";
import { counted } from "../../../../common/grouped.ts";
import { quoteName } from "../../../duckdb/quote.ts";
import type { LakeFinding, LakePart } from "../../../port.ts";
import type { ComparedColumn } from "../comparedColumn.ts";
import { compareRows } from "../rowComparison.ts";

/** Rows that differ that a report shows. */
const mostExamples = 100;
/** Sums of floating-point numbers differ in their last digits, by the order in which they were added. */
const tolerance = 1e-9;

interface Column {
	name: string;
	type: string;
}

/**
 * A table against the same one as it was computed again, each a SELECT of columns of one name in lower case.
 * @param key columns that tell rows apart; none compares rows as a bag.
 * @param rounds whether floating-point numbers may differ in their last digits.
 */
export async function compareRelations(
	connection: DuckDBConnection,
	{ part, name, fix }: { part: LakePart; name: string; fix: string },
	table: string,
	again: string,
	key: readonly string[],
	rounds: boolean,
): Promise<LakeFinding> {
	const own = await columnsOf(connection, table);
	const expected = await columnsOf(connection, again);
	const found = [
		...expected
			.filter((column) => !own.some((one) => one.name === column.name))
			.map((column) => `${column.name} is missing`),
		...own.flatMap((column) => {
			const other = expected.find((one) => one.name === column.name);
			if (other === undefined) return [`${column.name} is not expected`];
			return other.type === column.type ? [] : [`${column.name} is ${column.type}, but should be ${other.type}`];
		}),
	];
	const both = own.filter((column) => expected.some((one) => one.name === column.name));
	const keyed = key.map((one) => both.findIndex((column) => column.name === one.toLowerCase()));
	const isKeyed = keyed.length > 0 && !keyed.includes(-1);
	const source = `(SELECT ${both.map((column, at) => `${quoteName(column.name)} AS c${at}`).join(", ")} FROM (${again}))`;
	const compare = (scale: number) =>
		compareRows(connection, {
			columns: both.map((column) => compared(column, rounds, isKeyed, scale)),
			key: isKeyed ? keyed : [],
			source,
			lake: table,
		});
	let rows = await compare(1);
	// A number at the limit of two roundings is not at that of the other two.
	if (rounds && !isKeyed && rows.rows.length > 0) {
		const shifted = await compare(1 + tolerance / 3);
		if (shifted.rows.length === 0) rows = shifted;
	}
	found.push(
		...Object.entries(rows.counts).flatMap(([kind, count]) =>
			count === 0 ? [] : [`${counted(count, "row")} ${kind}`],
		),
	);
	if (found.length === 0) return { part, name, state: "equal", found, examples: [] };
	const examples = rows.rows
		.slice(0, mostExamples)
		.map(({ kind, key: shown, columns }) => ({ kind, key: shown, ...(columns === undefined ? {} : { columns }) }));
	return { part, name, state: "different", found, examples, fix };
}

function compared({ name, type }: Column, rounds: boolean, isKeyed: boolean, scale: number): ComparedColumn {
	const same = (value: string): string => value;
	const isFloating = rounds && (type === "DOUBLE" || type === "FLOAT");
	const rounded = (value: string): string =>
		`CASE WHEN isfinite(${value}) THEN printf('%.8e', ${value} * ${scale} + 0.0) ELSE CAST(${value} AS VARCHAR) END`;
	const taken = isFloating && !isKeyed ? rounded : same;
	return {
		name,
		lakeSql: quoteName(name),
		select: "",
		expected: type,
		isBytes: false,
		atSource: taken,
		inLake: taken,
		shown: (value) => (type === "BLOB" ? `lower(hex(${value}))` : `CAST(${value} AS VARCHAR)`),
		parsed: same,
		...(isFloating && {
			differs: (x: string, y: string) =>
				`(${x} IS DISTINCT FROM ${y} AND coalesce(abs(${x} - ${y}) > ${tolerance} * greatest(abs(${x}), abs(${y})), TRUE))`,
		}),
	};
}

async function columnsOf(connection: DuckDBConnection, select: string): Promise<Column[]> {
	const reader = await connection.runAndReadAll(`DESCRIBE ${select}`);
	return reader.getRowsJS().map(([name, type]) => ({ name: String(name).toLowerCase(), type: String(type) }));
}
