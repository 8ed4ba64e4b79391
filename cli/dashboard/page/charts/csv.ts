import { withoutFormula } from "../../../common/formula.ts";
import type { View } from "../model/view.ts";

/** The rows of a chart's data table as CSV (RFC 4180) for spreadsheets: numbers as they are, and no text a formula. */
export function csvOf({ columns, rows }: View): string {
	const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((_, at) => row[at] ?? ""))];
	return `${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: string | number): string {
	const text = typeof value === "string" ? withoutFormula(value) : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
