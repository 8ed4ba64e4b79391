import type { Cell } from "write-excel-file/node";
import { PipelineError } from "../../common/errors.ts";
import { cellText } from "../../common/resultText.ts";
import type { QueryResult } from "../../engines/port.ts";

/** Limits of Excel. https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3 */
const limits = { rows: 1_048_576, columns: 16_384, characters: 32_767 };

/**
 * Writes a query's result as an Excel workbook of one sheet: a bold header that stays in sight, numbers, dates and times
 * as such, anything else as text (never as a formula).
 * @throws PipelineError where Excel could not hold it.
 */
export async function writeXlsx({ columns, rows }: QueryResult, path: string): Promise<void> {
	if (rows.length + 1 > limits.rows) throw tooLarge(`${rows.length} rows`, `${limits.rows - 1} below the header`);
	if (columns.length > limits.columns) throw tooLarge(`${columns.length} columns`, String(limits.columns));
	const { default: writeExcelFile } = await import("write-excel-file/node");
	const header = columns.map(({ name }) => ({ value: name, type: String, fontWeight: "bold" as const }));
	const cells = rows.map((row) => row.map((value, at) => toCell(value, columns[at] ?? { name: "", type: "string" })));
	await writeExcelFile([header, ...cells], { stickyRowsCount: 1 }).toFile(path);
}

function toCell(value: unknown, { name, type }: QueryResult["columns"][number]): Cell {
	if (value === null) return null;
	if (typeof value === "boolean") return { value, type: Boolean };
	if (typeof value === "number") {
		const scale = Number(/^decimal\(\d+,(\d+)\)$/.exec(type)?.[1] ?? 0);
		return { value, type: Number, ...(scale > 0 && { format: `0.${"0".repeat(scale)}` }) };
	}
	const text = cellText(value, type);
	const date = toDate(text, type);
	if (date !== undefined) {
		return { value: date, type: Date, format: type === "date" ? "yyyy-mm-dd" : "yyyy-mm-dd hh:mm:ss" };
	}
	if (text.length > limits.characters) {
		throw tooLarge(`a text of ${text.length} characters in ${name}`, String(limits.characters));
	}
	return { value: text, type: String };
}

/** Excel's calendar begins in 1900, and has a 29th of February in that year. */
function toDate(text: string, type: string): Date | undefined {
	if (type !== "date" && type !== "timestamp") return undefined;
	const date = new Date(`${text.replace(/ UTC$/, "").replace(" ", "T")}${type === "date" ? "T00:00:00" : ""}Z`);
	const year = date.getUTCFullYear();
	return year > 1900 && year <= 9999 ? date : undefined;
}

function tooLarge(what: string, limit: string): PipelineError {
	return new PipelineError("usage", {
		what: `An Excel sheet cannot hold ${what}.`,
		why: `The limit is ${limit}.`,
		fix: "Export as csv or parquet, or reduce the result with your own statement.",
	});
}
