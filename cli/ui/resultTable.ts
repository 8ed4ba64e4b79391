import { cellText } from "../common/resultText.ts";
import type { QueryResult } from "../engines/port.ts";
import { renderTable } from "./table.ts";

/** A query's result for a person: numbers to the right, decimals with all their digits, a null as NULL. */
export function resultTable({ columns, rows }: QueryResult): string {
	const titles = columns.map(({ name, type }) => ({
		title: name,
		align: isNumber(type) ? ("right" as const) : ("left" as const),
	}));
	return renderTable(
		titles,
		rows.map((row) =>
			row.map((value, at) => (value === null ? "NULL" : cellText(value, columns[at]?.type ?? "string"))),
		),
	);
}

function isNumber(type: string): boolean {
	return /^(tinyint|smallint|int|bigint|float|double|decimal\(.*\))$/.test(type);
}
