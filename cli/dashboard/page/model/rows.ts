import type { NumberColumn, ResultColumn, ResultTable, TextColumn } from "../../data.ts";

/** The column of a name. @throws Error where a result lacks what the definition names; whoever computed it has checked. */
export function columnOf(table: ResultTable, name: string): ResultColumn {
	const found = table.columns.find((column) => column.name === name);
	if (found === undefined) throw new Error(`the result has no column ${name}`);
	return found;
}

export function hasColumn(table: ResultTable | undefined, name: string): boolean {
	return table?.columns.some((column) => column.name === name) ?? false;
}

/** A value as text; undefined for NULL. */
export function textAt(column: ResultColumn, row: number): string | undefined {
	if (column.kind === "number") {
		const value = numberAt(column, row);
		return value === null ? undefined : String(value);
	}
	return column.texts[column.cells[row] ?? -1];
}

export function numberAt(column: NumberColumn, row: number): number | null {
	const cell = column.cells[row] ?? null;
	return cell === null ? null : cell / 10 ** column.scale;
}

/** Different values of a column, ascending; numbers by their size. */
export function valuesOf(column: ResultColumn): string[] {
	if (column.kind !== "number") return column.texts;
	const cells = new Set(column.cells.filter((cell) => cell !== null));
	return [...cells].sort((a, b) => a - b).map((cell) => String(cell / 10 ** column.scale));
}

export function isText(column: ResultColumn): column is TextColumn {
	return column.kind !== "number";
}
