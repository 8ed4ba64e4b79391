/** What the script of a definition's `sample_data` exports, as `schemas`: `source seed` creates and fills them. */
export interface SampleSchema {
	schema: string;
	/** Of the schema, such as `utf8mb4_unicode_520_ci`. */
	collation: string;
	/** Parents before their children. */
	tables: readonly SampleTable[];
	/** Every row, in an order in which a row comes after those that it refers to. The same seed gives the same rows. */
	rows: (seed: number, size: SampleSize) => Iterable<SampleRow>;
}

export interface SampleTable {
	name: string;
	/** Columns in the order of the rows. */
	columns: readonly string[];
	/** The whole CREATE TABLE statement. */
	create: string;
}

/** What a column can be given. Dates and times are strings as MySQL writes them; decimals are strings. */
export type SampleValue = string | number | null | Buffer;

/** One row and the table that it belongs to. */
export interface SampleRow {
	table: string;
	values: readonly SampleValue[];
}

/** How much data: rows grow with the scale, tables that describe the business with its square root. */
export interface SampleSize {
	/** For instance customers and orders. */
	rows(base: number): number;
	/** For instance products and employees. */
	described(base: number): number;
}

export function sampleSize(scale: number): SampleSize {
	return {
		rows: (base) => base * scale,
		described: (base) => Math.round(base * Math.sqrt(scale)),
	};
}
