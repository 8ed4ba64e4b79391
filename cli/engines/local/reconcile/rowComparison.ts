import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName, quoteText } from "../../duckdb/quote.ts";
import type { DifferenceKind, RowDifference } from "../../port.ts";
import type { ComparedColumn } from "./comparedColumn.ts";

/** Rows that differ, of which all is remembered that a second look needs; of more, only their number. */
export const mostRemembered = 10_000;
/** Characters of a value that are shown. */
const shownCharacters = 200;

/** Characters before the place where two long texts begin to differ. */
const shownBefore = 20;

/** A row that differs: its kind, its key, and what the source has of it, to notice whether that moves. */
export interface DifferingRow extends RowDifference {
	/** Texts of the key, in its order. */
	keyTexts: (string | null)[];
	/** Of the row at the source; undefined where it has none. */
	fingerprint: string | undefined;
}

export interface Counted {
	source: number;
	lake: number;
	counts: Record<DifferenceKind, number>;
	/** At most `mostRemembered`. */
	rows: DifferingRow[];
}

/** Two relations of DuckDB's: what the source printed, columns `c0`, `c1` …, and a SELECT of the lake with the columns' names. */
export interface Sides extends KeyedColumns {
	source: string;
	/** How many rows the source has, where that is known. */
	sourceRows?: number;
	lake: string;
}

export interface KeyedColumns {
	columns: readonly ComparedColumn[];
	/** Indexes of the key's columns; none where the rows are a bag. */
	key: readonly number[];
}

/** Compares two sides, all rows and all values. */
export async function compareRows(connection: DuckDBConnection, sides: Sides): Promise<Counted> {
	return sides.key.length === 0 ? compareBags(connection, sides) : compareKeyed(connection, sides);
}

/** Both sides as what is compared: `here`, then `x0` … of the source, `y0` … of the lake. */
function both({ columns, source, lake }: Sides): { x: string; y: string } {
	const x = columns.map(({ atSource }, index) => `${atSource(`c${index}`)} AS x${index}`);
	const y = columns.map((column, index) => `${valueInLake(column)} AS y${index}`);
	return {
		x: `SELECT ${["TRUE AS here", ...x].join(", ")} FROM ${source}`,
		y: `SELECT ${["TRUE AS here", ...y].join(", ")} FROM (${lake})`,
	};
}

/** What is compared of a row of the lake. */
function valueInLake({ lakeSql, inLake }: ComparedColumn): string {
	return inLake(lakeSql);
}

/** Keys are unique at the source, so a pair too many is a row that the lake has twice. */
async function compareKeyed(connection: DuckDBConnection, sides: Sides): Promise<Counted> {
	const { x, y } = both(sides);
	const { columns, key } = sides;
	const differs = (index: number): string =>
		columnAt(columns, index).differs?.(`x${index}`, `y${index}`) ?? `x${index} IS DISTINCT FROM y${index}`;
	const anyDiffers = columns.map((_, index) => differs(index)).join(" OR ");
	const joined = `FROM (${x}) AS a FULL JOIN (${y}) AS b ON ${key.map((index) => `x${index} = y${index}`).join(" AND ")}`;
	const [counted] = await rowsOf(
		connection,
		`SELECT count(a.here), count(b.here), count(*) FILTER (WHERE b.here IS NULL), count(*) FILTER (WHERE a.here IS NULL),
			count(*) FILTER (WHERE a.here AND b.here AND (${anyDiffers}))
		${joined}`,
	);
	const [paired, lake, missing, extra, changed] = (counted ?? []).map(Number) as [
		number,
		number,
		number,
		number,
		number,
	];
	const source = sides.sourceRows ?? Number((await rowsOf(connection, `SELECT count(*) FROM ${sides.source}`))[0]?.[0]);
	// `paired` counts a row of the source once for each partner.
	const doubled = paired - source;
	const result: Counted = { source, lake, counts: { missing, extra, changed, doubled }, rows: [] };
	if (missing + extra + changed > 0) {
		const shownKey = key.map((index) => columnAt(columns, index).shown(`coalesce(x${index}, y${index})`));
		const values = columns.flatMap(({ shown }, index) => [
			...shownApart(shown(`x${index}`), shown(`y${index}`)).map(
				(text) => `CASE WHEN ${differs(index)} THEN ${text} END`,
			),
			differs(index),
		]);
		const kind = `CASE WHEN b.here IS NULL THEN 'missing' WHEN a.here IS NULL THEN 'extra' ELSE 'changed' END`;
		const found = await rowsOf(
			connection,
			`SELECT ${[kind, `CASE WHEN a.here THEN ${fingerprint(columns, "x")} END`, ...shownKey, ...values].join(", ")} ${joined}
			WHERE a.here IS NULL OR b.here IS NULL OR ${anyDiffers} LIMIT ${mostRemembered}`,
		);
		result.rows.push(...found.map((row) => differingRow(row, sides)));
	}
	if (doubled > 0) result.rows.push(...(await doubledRows(connection, sides, y)));
	return result;
}

/** SQL for what is shown of two texts that differ: their beginning, or from shortly before the place where they begin to differ. */
function shownApart(x: string, y: string): [string, string] {
	const begin = (text: string): string => `left(${text}, ${shownCharacters})`;
	// The length of what both begin with, found bit by bit.
	const steps = Array.from({ length: 32 }, (_, bit) => 2 ** (31 - bit));
	const next = `so_far + step`;
	const isCommon = `${next} <= length(${x}) AND left(${x}, ${next}) = left(${y}, ${next})`;
	const common = `list_reduce([0, ${steps.join(", ")}], lambda so_far, step: CASE WHEN ${isCommon} THEN ${next} ELSE so_far END)`;
	return [x, y].map(
		(text) =>
			`CASE WHEN ${begin(x)} IS DISTINCT FROM ${begin(y)} THEN ${begin(text)}
			ELSE '…' || substr(${text}, ${common} - ${shownBefore} + 1, ${shownCharacters}) END`,
	) as [string, string];
}

/** The same text for the same values. @param side the letter before the columns' numbers. */
function fingerprint(columns: readonly ComparedColumn[], side: string): string {
	const values = columns.map(({ shown }, index) => {
		const text = shown(`${side}${index}`);
		return `coalesce(length(${text}) || ':' || ${text}, '-')`;
	});
	return `sha256(concat(${values.join(", ")}))`;
}

function differingRow([kind, print, ...rest]: unknown[], { columns, key }: Sides): DifferingRow {
	const keyTexts = rest.slice(0, key.length).map(textOf);
	const values = rest.slice(key.length);
	const changed = columns.flatMap(({ name }, index): [string, { source: string | null; lake: string | null }][] =>
		values[index * 3 + 2] === true
			? [[name, { source: textOf(values[index * 3]), lake: textOf(values[index * 3 + 1]) }]]
			: [],
	);
	return {
		kind: kind as DifferenceKind,
		fingerprint: typeof print === "string" ? print : undefined,
		keyTexts,
		key: Object.fromEntries(key.map((index, at) => [columnAt(columns, index).name, keyTexts[at] ?? null])),
		...(kind === "changed" && { columns: Object.fromEntries(changed) }),
	};
}

async function doubledRows(connection: DuckDBConnection, { columns, key }: Sides, y: string): Promise<DifferingRow[]> {
	const shown = key.map((index) => `${columnAt(columns, index).shown(`y${index}`)}`);
	const found = await rowsOf(
		connection,
		`SELECT ${shown.join(", ")} FROM (${y}) GROUP BY ${key.map((index) => `y${index}`).join(", ")}
		HAVING count(*) > 1 LIMIT ${mostRemembered}`,
	);
	return found.map((row) => {
		const keyTexts = row.map(textOf);
		const named = key.map((index, at): [string, string | null] => [
			columnAt(columns, index).name,
			keyTexts[at] ?? null,
		]);
		return { kind: "doubled", fingerprint: undefined, keyTexts, key: Object.fromEntries(named) };
	});
}

/** Rows without a key are the same as often as both sides have them. */
async function compareBags(connection: DuckDBConnection, sides: Sides): Promise<Counted> {
	const { x, y } = both(sides);
	const { columns } = sides;
	const indexes = [...columns.keys()];
	const bag = (side: string, names: string[], n: string): string =>
		`(SELECT ${names.join(", ")}, count(*) AS ${n} FROM (${side}) GROUP BY ${names.join(", ")})`;
	const joined = `FROM ${bag(
		x,
		indexes.map((index) => `x${index}`),
		"n",
	)} AS a
		FULL JOIN ${bag(
			y,
			indexes.map((index) => `y${index}`),
			"m",
		)} AS b
		ON ${indexes.map((index) => `x${index} IS NOT DISTINCT FROM y${index}`).join(" AND ")}`;
	const more = "greatest(coalesce(n, 0) - coalesce(m, 0), 0)";
	const fewer = "greatest(coalesce(m, 0) - coalesce(n, 0), 0)";
	const [counted] = await rowsOf(
		connection,
		`SELECT coalesce(sum(n), 0), coalesce(sum(m), 0), coalesce(sum(${more}), 0), coalesce(sum(${fewer}), 0) ${joined}`,
	);
	const [source, lake, missing, extra] = (counted ?? []).map(Number) as [number, number, number, number];
	const result: Counted = { source, lake, counts: { missing, extra, changed: 0, doubled: 0 }, rows: [] };
	if (missing + extra === 0) return result;
	const values = columns.map(({ shown }, index) => shown(`CASE WHEN n IS NULL THEN y${index} ELSE x${index} END`));
	const kind = "CASE WHEN coalesce(n, 0) > coalesce(m, 0) THEN 'missing' ELSE 'extra' END";
	const found = await rowsOf(
		connection,
		`SELECT ${[kind, "coalesce(n, 0) - coalesce(m, 0)", ...values].join(", ")} ${joined}
		WHERE n IS DISTINCT FROM m LIMIT ${mostRemembered}`,
	);
	for (const [kindOf, excess, ...texts] of found) {
		const keyTexts = texts.map(textOf);
		const named = columns.map(({ name }, index): [string, string | null] => [name, cut(keyTexts[index] ?? null)]);
		result.rows.push({
			kind: kindOf as DifferenceKind,
			keyTexts,
			fingerprint: String(excess),
			key: Object.fromEntries(named),
		});
	}
	return result;
}

/**
 * Which of some rows, by key, came to the lake as they were when they were looked at, though both sides have moved since: what the
 * source had then, and what the lake has now, are both in the change log.
 * @param log a SELECT of the table's change log.
 */
export async function arrivedRows(
	connection: DuckDBConnection,
	sides: Omit<Sides, "source" | "sourceRows">,
	log: { select: string; operation: string },
	rows: readonly DifferingRow[],
): Promise<Set<string>> {
	const { columns, key } = sides;
	const keys = rows.map(({ keyTexts }) => keyTexts);
	const images = async (select: string, operation: string): Promise<Set<string>> => {
		const z = columns.map((column, index) => `${valueInLake(column)} AS z${index}`);
		const shownKey = key.map((index) => columnAt(columns, index).shown(`z${index}`));
		const found = await rowsOf(
			connection,
			`SELECT DISTINCT ${operation} = 'D', ${fingerprint(columns, "z")}, ${shownKey.join(", ")}
			FROM (SELECT *, ${z.join(", ")} FROM (${withKeys(select, sides, keys)}))`,
		);
		return new Set(
			found.map(([gone, print, ...texts]) => imageOf(texts.map(textOf), gone === true ? undefined : String(print))),
		);
	};
	const logged = await images(log.select, quoteName(log.operation));
	const now = await images(sides.lake, "'I'");
	const isInLog = (image: string): boolean => logged.has(image);
	const unknown = new Set(
		[...now].filter((image) => !isInLog(image)).map((image) => image.slice(image.indexOf(" ") + 1)),
	);
	return new Set(
		rows
			.filter((row) => isInLog(imageOf(row.keyTexts, row.fingerprint)) && !unknown.has(keyOf(row.keyTexts)))
			.map((row) => keyOf(row.keyTexts)),
	);
}

/** A row as it was: its fingerprint, none where it was not there, and its key. */
function imageOf(keyTexts: readonly (string | null)[], print: string | undefined): string {
	return `${print ?? "-"} ${keyOf(keyTexts)}`;
}

/** A key as one text. */
export function keyOf(texts: readonly (string | null)[]): string {
	return JSON.stringify(texts);
}

/** A SELECT of the lake's rows that have one of some keys, none of which is null. */
export function withKeys(
	lake: string,
	{ columns, key }: KeyedColumns,
	keys: readonly (readonly (string | null)[])[],
): string {
	const names = key.map((_, at) => `w${at}`);
	const values = keys.map((texts) => `(${texts.map((text) => quoteText(text ?? "")).join(", ")})`).join(", ");
	const mine = key.map((index) => valueInLake(columnAt(columns, index)));
	const wanted = key.map((index, at) => columnAt(columns, index).parsed(`w${at}`));
	return `SELECT * FROM (${lake}) WHERE (${mine.join(", ")}) IN (SELECT (${wanted.join(", ")}) FROM (VALUES ${values}) AS t(${names.join(", ")}))`;
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
	return (await connection.runAndReadAll(sql)).getRowsJS();
}

export function columnAt(columns: readonly ComparedColumn[], index: number): ComparedColumn {
	const column = columns[index];
	if (column === undefined) throw new RangeError(`there is no column ${index}`);
	return column;
}

function textOf(value: unknown): string | null {
	return value === null || value === undefined ? null : String(value);
}

function cut(text: string | null): string | null {
	return text === null ? null : text.slice(0, shownCharacters);
}
