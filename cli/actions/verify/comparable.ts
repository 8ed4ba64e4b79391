import type { Row } from "./sourceRows.ts";

/** A value as engines are compared by it: they print the same time with more or fewer zeros, and with or without UTC. */
export function comparable(value: unknown): string | null {
	if (value === undefined || value === null) return null;
	const text = String(value);
	const [, time, fraction = ""] =
		/^(\d{4,}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:\.(\d+))?(?:\+00(?::00)?|Z| UTC)?$/.exec(text) ?? [];
	if (time === undefined) return text;
	const digits = fraction.replace(/0+$/, "");
	return `${time.replace("T", " ")}${digits === "" ? "" : `.${digits}`}`;
}

/** Whether they are the same rows, in any order, in every value. */
export function sameValues(found: readonly (readonly unknown[])[], wanted: readonly Row[]): boolean {
	const sorted = (rows: readonly (readonly unknown[])[]): string =>
		JSON.stringify(rows.map((row) => JSON.stringify(row.map(comparable))).sort());
	return sorted(found) === sorted(wanted);
}
