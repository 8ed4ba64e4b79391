import type { QueryResult } from "./engines/port.ts";

/** A value of a query's result as text; a decimal has all its digits. @param type of the column. */
export function cellText(value: unknown, type: string): string {
	if (typeof value === "number") {
		const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1];
		return scale === undefined ? String(value) : value.toFixed(Number(scale));
	}
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A query's result as CSV, RFC 4180. A null is an empty field, an empty text a quoted one. */
export function resultCsv({ columns, rows }: QueryResult): string {
	const lines = [columns.map(({ name }) => csvField(name))];
	for (const row of rows) {
		lines.push(
			row.map((value, at) => (value === null ? "" : csvField(cellText(value, columns[at]?.type ?? "string")))),
		);
	}
	return lines.map((fields) => `${fields.join(",")}\r\n`).join("");
}

function csvField(text: string): string {
	return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
