import { withoutFormula } from "./formula.ts";

/** What a query's result has to have to become text. */
interface Result {
	columns: readonly { name: string; type: string }[];
	rows: readonly (readonly unknown[])[];
}

/** A value of a query's result as text; a decimal has all its digits. @param type of the column. */
export function cellText(value: unknown, type: string): string {
	if (typeof value === "number") {
		const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1];
		return scale === undefined ? String(value) : value.toFixed(Number(scale));
	}
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * A query's result as CSV, RFC 4180. A null is an empty field, an empty text a quoted one.
 * @param safe whether texts that begin like formulas get an apostrophe, so that spreadsheet programs run none.
 */
export function resultCsv(result: Result, safe: boolean): string {
	return [...csvLines(result, safe)].join("");
}

/** The same, line by line, each with its end. */
export function* csvLines({ columns, rows }: Result, safe: boolean): Iterable<string> {
	const field = (text: string): string => csvField(safe ? withoutFormula(text) : text);
	yield csvLine(columns.map(({ name }) => field(name)));
	for (const row of rows) {
		yield csvLine(
			row.map((value, at) => (value === null ? "" : field(cellText(value, columns[at]?.type ?? "string")))),
		);
	}
}

/** Lines put together by the thousand, for a file that may be longer than a string can be. */
export function* inPieces(lines: Iterable<string>): Iterable<string> {
	let piece: string[] = [];
	for (const line of lines) {
		piece.push(line);
		if (piece.length < 1000) continue;
		yield piece.join("");
		piece = [];
	}
	yield piece.join("");
}

function csvLine(fields: readonly string[]): string {
	return `${fields.join(",")}\r\n`;
}

function csvField(text: string): string {
	return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
