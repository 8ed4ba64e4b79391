import type { DifferenceKind } from "../../port.ts";

/** What is known of the rows of one key on one side: digests of all but JSON, and of JSON; how many such rows. Of a bag, of one row. */
export interface Digested {
	key: string;
	plain: string;
	json: string;
	rows: number;
}

/** A row that differs. */
export interface FoundRow {
	kind: DifferenceKind;
	key: string;
	/** How many rows. */
	rows: number;
	/** What the source has of it, to notice whether that moves. */
	print: string;
	/** Whether its JSON alone differs, which may be the same in another text. */
	isJsonOnly: boolean;
}

/** Buckets whose rows or sums differ, those with the fewest rows first. */
export function differingBuckets(
	source: ReadonlyMap<string, BucketSum>,
	lake: ReadonlyMap<string, BucketSum>,
): { bucket: string; rows: number }[] {
	return [...new Set([...source.keys(), ...lake.keys()])]
		.map((bucket) => ({ bucket, here: source.get(bucket), there: lake.get(bucket) }))
		.filter(({ here, there }) => here?.rows !== there?.rows || here?.sum !== there?.sum)
		.map(({ bucket, here, there }) => ({ bucket, rows: Math.max(here?.rows ?? 0, there?.rows ?? 0) }))
		.sort((a, b) => a.rows - b.rows);
}

export interface BucketSum {
	rows: number;
	/** Of the digests of its rows. */
	sum: string;
}

/** The rows of two sides that differ, where a key is unique at the source. */
export function differingRows(source: readonly Digested[], lake: readonly Digested[]): FoundRow[] {
	const inLake = new Map<string, Digested[]>();
	for (const one of lake) inLake.set(one.key, [...(inLake.get(one.key) ?? []), one]);
	const found: FoundRow[] = [];
	const add = (kind: DifferenceKind, key: string, rows: number, print: string, isJsonOnly = false): void => {
		if (rows > 0) found.push({ kind, key, rows, print, isJsonOnly });
	};
	for (const { key, plain, json } of source) {
		const print = `${plain}${json}`;
		const there = inLake.get(key) ?? [];
		inLake.delete(key);
		if (there.length === 0) add("missing", key, 1, print);
		const other = there.filter((one) => one.plain !== plain || one.json !== json);
		add(
			"changed",
			key,
			sum(other),
			print,
			other.every((one) => one.plain === plain),
		);
		add("doubled", key, sum(there) - 1, print);
	}
	for (const [key, there] of inLake) add("extra", key, sum(there), "");
	return found;
}

/** The same of bags: rows are equal as often as both sides have them. */
export function differingBag(source: readonly Digested[], lake: readonly Digested[]): FoundRow[] {
	const excess = new Map<string, number>();
	for (const { key, rows } of source) excess.set(key, (excess.get(key) ?? 0) + rows);
	for (const { key, rows } of lake) excess.set(key, (excess.get(key) ?? 0) - rows);
	return [...excess]
		.filter(([, rows]) => rows !== 0)
		.map(([key, rows]) => ({
			kind: rows > 0 ? "missing" : "extra",
			key,
			rows: Math.abs(rows),
			print: String(rows),
			isJsonOnly: false,
		}));
}

/**
 * What a second look leaves of rows that differed. What came in between is not among them; what stayed counts; a row that changed
 * at the source, and still differs, is to be looked at again.
 */
export function stillDiffering(
	before: readonly FoundRow[],
	now: readonly FoundRow[],
): { stay: FoundRow[]; moved: FoundRow[] } {
	const known = new Map(before.map((row) => [`${row.kind} ${row.key}`, row]));
	const keys = new Set(before.map(({ key }) => key));
	const [stay, moved]: [FoundRow[], FoundRow[]] = [[], []];
	for (const row of now) {
		if (!keys.has(row.key)) continue;
		(known.get(`${row.kind} ${row.key}`)?.print === row.print ? stay : moved).push(row);
	}
	return { stay, moved };
}

function sum(rows: readonly Digested[]): number {
	return rows.reduce((total, one) => total + one.rows, 0);
}
