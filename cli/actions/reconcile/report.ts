import { grouped } from "../../common/grouped.ts";
import type { ComparisonPlan, LakeFinding, QueryCost, RowDifference, TableComparison } from "../../engines/port.ts";

/** What came out for one table. */
export interface ReconciledTable extends Partial<Omit<TableComparison, "schema" | "table">> {
	schema: string;
	table: string;
	/** `not compared` proves nothing: `why` says what was in the way. */
	state: "equal" | "different" | "not compared";
	why?: string;
}

export interface ReconcileReport {
	stack: string;
	/** Whether all tables are equal, and all of them were compared. */
	ok: boolean;
	/** Why the lake may be behind the source: then what has changed since counts as different. */
	behind?: string;
	/** One of so many rows was compared, where not all were. */
	sample?: number;
	/** What was going to be asked, where it costs, and what it took. */
	plan?: ComparisonPlan;
	cost?: QueryCost;
	tables: ReconciledTable[];
	/** The parts of the lake, where they were compared with each other. */
	lake?: LakeFinding[];
	/** Tables that were reloaded since they differed. */
	repaired?: string[];
	seconds: number;
}

/** Rows that differ, of all kinds. */
export function differingRows({ counts }: Pick<ReconciledTable, "counts">): number {
	return counts === undefined ? 0 : counts.missing + counts.extra + counts.changed + counts.doubled;
}

/** What a comparison came to. */
export function reconciled(comparison: TableComparison): ReconciledTable {
	if (differingRows(comparison) > 0 || comparison.columns.length > 0) return { ...comparison, state: "different" };
	if (comparison.notCompared.length === 0) return { ...comparison, state: "equal" };
	const why = comparison.notCompared.map(({ column, what }) => `${column}: ${what}`).join("; ");
	return { ...comparison, state: "not compared", why };
}

export function nameOf({ schema, table }: Pick<ReconciledTable, "schema" | "table">): string {
	return `${schema}.${table}`;
}

/** What was found of a table, for people. */
export function foundText({ counts, columns = [], notCompared = [], withheld = [], why }: ReconciledTable): string {
	const kinds = Object.entries(counts ?? {}).flatMap(([kind, count]) =>
		count > 0 ? [`${grouped(count)} ${kind}`] : [],
	);
	const shape = columns.map(({ column, what }) => `${column}: ${what}`);
	const left = withheld.length === 0 ? [] : [`excluded by the definition: ${withheld.join(", ")}`];
	const open = why ?? notCompared.map(({ column, what }) => `${column} was not compared: ${what}`).join("; ");
	return [...kinds, ...shape, ...(open === "" ? [] : [open]), ...left].join("; ");
}

/** The key of a row, for people. */
export function keyText({ key }: RowDifference): string {
	return Object.entries(key)
		.map(([name, value]) => `${name}=${value ?? "NULL"}`)
		.join(", ");
}

/** The values of a row that differ, for people. @param origin of the values that are right. */
export function changesText({ columns = {} }: RowDifference, origin = "at the source"): string {
	return Object.entries(columns)
		.map(([name, { source, lake }]) => `${name}: ${source ?? "NULL"} ${origin}, ${lake ?? "NULL"} in the lake`)
		.join("; ");
}

/** Whether anything differs, in what was compared. */
export function differs({ tables, lake = [] }: ReconcileReport): boolean {
	return [...tables, ...lake].some(({ state }) => state === "different");
}

/** Findings that are worth a line: all but the parts that are as they should be. */
export function notable({ lake = [] }: ReconcileReport): LakeFinding[] {
	return lake.filter(({ found }) => found.length > 0);
}

/** The rows that differ in a part of the lake, for people. */
export function rowText(row: RowDifference): string {
	return [`${row.kind}: ${keyText(row)}`, changesText(row, "recomputed")].filter(Boolean).join("; ");
}
