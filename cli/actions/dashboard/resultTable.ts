import type { NumberColumn, ResultTable, TextColumn } from "../../dashboard/data.ts";

interface Column {
	name: string;
	/** As the catalog names it. */
	type: string;
}

/**
 * A query's rows as the page takes them: numbers as whole ones, texts once each.
 * @param measured columns that charts calculate with: texts that are numbers, as an engine gives large ones, are numbers there.
 */
export function resultTable(
	{ columns, rows }: { columns: readonly Column[]; rows: readonly (readonly unknown[])[] },
	measured: ReadonlySet<string>,
): ResultTable {
	return {
		rows: rows.length,
		columns: columns.map((column, at) => {
			const values = rows.map((row) => row[at] ?? null);
			return numberColumn(column, values, measured) ?? textColumn(column, values);
		}),
	};
}

/** Digits after the point that are kept: prices have two, shares a few more. */
const mostDigits = 6;

function numberColumn(
	{ name, type }: Column,
	values: readonly unknown[],
	measured: ReadonlySet<string>,
): NumberColumn | undefined {
	const numbers: (number | null)[] = [];
	let scale = 0;
	let largest = 0;
	for (const value of values) {
		if (value === null) {
			numbers.push(null);
			continue;
		}
		const number = asNumber(value, measured.has(name));
		if (number === undefined) return undefined;
		numbers.push(number);
		scale = Math.max(scale, digitsOf(value));
		largest = Math.max(largest, Math.abs(number));
	}
	const isNumber = numbers.some((number) => number !== null) || numericType.test(type);
	if (!isNumber) return undefined;
	scale = Math.min(scale, mostDigits);
	// Their sum must still be a whole number that a double holds; else the digits are the double's own.
	while (scale > 0 && largest * 10 ** scale * values.length > Number.MAX_SAFE_INTEGER) scale--;
	return {
		name,
		kind: "number",
		scale,
		cells: numbers.map((number) => (number === null ? null : scale === 0 ? number : Math.round(number * 10 ** scale))),
	};
}

const numericType = /^(tinyint|smallint|int|integer|bigint|float|real|double|decimal)/i;

function asNumber(value: unknown, isMeasured: boolean): number | undefined {
	if (typeof value === "number") return value;
	if (!isMeasured || typeof value !== "string" || !/^-?\d+(\.\d+)?$/.test(value)) return undefined;
	return Number(value);
}

function digitsOf(value: unknown): number {
	const text = String(value);
	// A very small double: as many digits as are kept.
	if (text.includes("e-")) return mostDigits;
	const point = text.indexOf(".");
	return point < 0 ? 0 : text.length - point - 1;
}

function textColumn({ name, type }: Column, values: readonly unknown[]): TextColumn {
	const texts = [...new Set(values.flatMap((value) => (value === null ? [] : [textOf(value)])))].sort();
	const places = new Map(texts.map((text, at) => [text, at]));
	return {
		name,
		kind: /^(date|timestamp)/i.test(type) ? "time" : "text",
		texts,
		cells: values.map((value) => (value === null ? -1 : (places.get(textOf(value)) ?? -1))),
	};
}

function textOf(value: unknown): string {
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}
