import type { Aggregate } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { ResultColumn } from "../../data.ts";
import { textAt } from "./rows.ts";

/** What rows that fall together come to. */
export interface Total {
	/** Absent where no row has a value. */
	value: number | string | undefined;
	/** Of a count of different values: whether rows without a value are among them, so that there may be more. */
	atLeast: boolean;
}

/** The rows' values as one: a number, or for the smallest and largest of a column of text the text itself. */
export function aggregated(column: ResultColumn, rows: readonly number[], how: Aggregate): Total {
	if (how === "count_distinct") {
		const seen = new Set<string>();
		let atLeast = false;
		for (const row of rows) {
			const text = textAt(column, row);
			if (text === undefined) atLeast = true;
			else seen.add(text);
		}
		return { value: seen.size, atLeast };
	}
	if (column.kind !== "number") {
		const texts = rows.flatMap((row) => textAt(column, row) ?? []).sort();
		return { value: how === "max" ? texts.at(-1) : texts[0], atLeast: false };
	}
	const found = rows.flatMap((row) => column.cells[row] ?? []);
	if (found.length === 0) return { value: how === "sum" ? 0 : undefined, atLeast: false };
	return { value: combine(found, how) / 10 ** column.scale, atLeast: false };
}

function combine(cells: readonly number[], how: Exclude<Aggregate, "count_distinct">): number {
	if (how === "min") return cells.reduce((least, cell) => Math.min(least, cell));
	if (how === "max") return cells.reduce((most, cell) => Math.max(most, cell));
	const sum = cells.reduce((total, cell) => total + cell, 0);
	return how === "average" ? sum / cells.length : sum;
}
