import type { TableComparison } from "../../engines/port.ts";

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
	tables: ReconciledTable[];
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
