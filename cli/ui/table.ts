import chalk from "chalk";
import Table from "cli-table3";
import { fittingWidths, screenWidth, widthOf, wrapped } from "./fit.ts";

export interface Column {
	title: string;
	align?: "left" | "right";
}

/** Widths of a table's columns on a line of that many letters; undefined where it does not fit. */
export function columnWidths(
	columns: readonly Column[],
	rows: readonly (readonly string[])[],
	width: number,
): number[] | undefined {
	const natural = columns.map(({ title }, at) =>
		rows.reduce((most, row) => Math.max(most, widthOf(printable(row[at] ?? ""))), widthOf(title)),
	);
	return fittingWidths(natural, width);
}

/**
 * Rows below titles, columns parted by two spaces and no lines, so that a table can be cut and pasted. Cells are wrapped where
 * the table would be too wide for the terminal, unless nothing of them would be left.
 */
export function renderTable(
	columns: readonly Column[],
	rows: readonly (readonly string[])[],
	width = screenWidth(),
): string {
	const widths = width === Number.POSITIVE_INFINITY ? undefined : columnWidths(columns, rows, width);
	const inColumn = (text: string, at: number): string => wrapped(text, widths?.[at] ?? Number.POSITIVE_INFINITY);
	const none = "";
	const table = new Table({
		head: columns.map((column, at) => inColumn(chalk.bold(column.title), at)),
		colAligns: columns.map((column) => column.align ?? "left"),
		chars: {
			top: none,
			"top-mid": none,
			"top-left": none,
			"top-right": none,
			bottom: none,
			"bottom-mid": none,
			"bottom-left": none,
			"bottom-right": none,
			left: none,
			"left-mid": none,
			mid: none,
			"mid-mid": none,
			right: none,
			"right-mid": none,
			middle: "  ",
		},
		style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
	});
	table.push(...rows.map((row) => row.map((cell, at) => inColumn(printable(cell), at))));
	return table
		.toString()
		.split("\n")
		.map((line) => line.trimEnd())
		.join("\n");
}

/** A line of somebody else's log that cannot drive the terminal; tabs, with which traces are indented, become spaces. */
export function logLine(text: string): string {
	return printable(text.replaceAll("\t", "    "));
}

/** Text that cannot drive the terminal: control characters as their escapes, except for colours. */
export function printable(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to show as escapes.
	return text.replaceAll(/(\u001b\[[0-9;]*m)|[\u0000-\u001f\u007f-\u009f]/g, (character, color: string | undefined) => {
		if (color !== undefined) return color;
		const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
		return named[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
	});
}
