import { grouped } from "../common/grouped.ts";
import { cellText } from "../common/resultText.ts";
import type { QueryResult } from "../engines/port.ts";
import { gap, screenWidth, widthOf, wrapped } from "./fit.ts";
import { columnWidths, printable, renderTable } from "./table.ts";

/** Rows that are shown on a terminal: nobody reads more there. */
const mostRows = 500;

/**
 * A query's result for a person: numbers to the right, decimals with all their digits, a null as NULL. Where it is too wide for
 * the terminal, a line a value.
 */
export function resultTable({ columns, rows }: QueryResult, width = screenWidth()): string {
	const isScreen = width !== Number.POSITIVE_INFINITY;
	const shown = (isScreen ? rows.slice(0, mostRows) : rows).map((row) =>
		row.map((value, at) => (value === null ? "NULL" : cellText(value, columns[at]?.type ?? "string"))),
	);
	const titles = columns.map(({ name, type }) => ({
		title: name,
		align: isNumber(type) ? ("right" as const) : ("left" as const),
	}));
	const fits = !isScreen || columnWidths(titles, shown, width) !== undefined;
	const names = columns.map(({ name }) => name);
	const text = fits ? renderTable(titles, shown, width) : records(names, shown, width);
	const left = rows.length - shown.length;
	return left === 0 ? text : `${text}\n… ${grouped(left)} more rows: use --csv or --json to get all of them.`;
}

/** Columns that a value has beside its name at least; where there are fewer, the terminal breaks its line. */
const leastRoom = 20;

/** Each row as a block, with a line a value; a long one continues below its beginning. */
function records(names: readonly string[], rows: readonly (readonly string[])[], width: number): string {
	const widest = names.reduce((most, name) => Math.max(most, widthOf(name)), 0);
	const room = width - widest - gap;
	const below = `\n${" ".repeat(widest + gap)}`;
	const valueLines = (text: string): string => (room < leastRoom ? text : wrapped(text, room).replaceAll("\n", below));
	return rows
		.map((row, at) => {
			const lines = names.map((name, column) => {
				const blanks = " ".repeat(widest - widthOf(name));
				return `${name}${blanks}  ${valueLines(printable(row[column] ?? ""))}`.trimEnd();
			});
			return [`-- row ${at + 1}`, ...lines].join("\n");
		})
		.join("\n");
}

function isNumber(type: string): boolean {
	return /^(tinyint|smallint|int|bigint|float|double|decimal\(.*\))$/.test(type);
}
