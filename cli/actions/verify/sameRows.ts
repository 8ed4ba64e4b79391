/** A row's values, in the order of its columns. */
type Values = readonly (string | null | undefined)[];

/** Whether they are the same rows, in any order, in every value. */
export function sameRows(found: readonly Values[], wanted: readonly Values[]): boolean {
	const sorted = (rows: readonly Values[]): string => JSON.stringify(rows.map((row) => JSON.stringify(row)).sort());
	return sorted(found) === sorted(wanted);
}
