import type { View } from "../model/view.ts";

/** The rows of a chart's data table as CSV (RFC 4180), numbers as they are. */
export function csvOf({ columns, rows }: View): string {
	const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((_, at) => row[at] ?? ""))];
	return `${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: string | number): string {
	const text = String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
