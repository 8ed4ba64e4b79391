import type { RawRow } from "./rawZone.ts";
import type { Row } from "./sourceRows.ts";

export interface VerifyCheck {
	name: string;
	ok: boolean;
	/** What was seen. */
	detail: string;
	/** Seconds from the commit of what is followed, or from the first look, to this proof. */
	seconds: number;
}

export interface VerifyReport {
	stack: string;
	ok: boolean;
	/** `change`: with --read-only one that others made was followed; `counts`: nothing moved, so rows were counted. */
	kind: "rows" | "change" | "counts";
	checks: VerifyCheck[];
	/** What was followed, as schema.table; absent where tables were counted. */
	table?: string;
	/** Of `rows`. */
	columns: readonly string[];
	/** Rows that were written at the source, or changed there by others. */
	rows: (string | null)[][];
	/** The raw files that hold them, and what they hold. */
	rawFiles: string[];
	rawRows: RawRow[];
	/** Seconds from the commit at the source to the raw file, and to the answer of a query; absent where tables were counted. */
	latency?: { raw: number; queryable: number };
	/** Whether the rows were taken back afterwards. */
	removed: boolean;
}

export function textRows(rows: readonly Row[]): (string | null)[][] {
	return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
}
