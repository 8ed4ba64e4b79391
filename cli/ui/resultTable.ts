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
		rows.map((row) => row.map((value, at) => (value === null ? "NULL" : cell(value, columns[at]?.type ?? "string")))),
	);
}

/** A query's result as CSV, RFC 4180. A null is an empty field, an empty text a quoted one. */
export function resultCsv({ columns, rows }: QueryResult): string {
	const lines = [columns.map(({ name }) => csvField(name))];
	for (const row of rows) {
		lines.push(row.map((value, at) => (value === null ? "" : csvField(cell(value, columns[at]?.type ?? "string")))));
	}
	return lines.map((fields) => `${fields.join(",")}\r\n`).join("");
}

function cell(value: unknown, type: string): string {
	if (typeof value === "number") {
		const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1];
		return scale === undefined ? String(value) : value.toFixed(Number(scale));
	}
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isNumber(type: string): boolean {
	return /^(tinyint|smallint|int|bigint|float|double|decimal\(.*\))$/.test(type);
}

function csvField(text: string): string {
	return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
