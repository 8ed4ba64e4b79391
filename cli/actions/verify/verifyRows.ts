import { errorCode, messageOf, PipelineError } from "../../common/errors.ts";
import { qualifiedName } from "../../engines/mysql/quote.ts";
import type { Context, ObjectStore, SourceConnection, Stack } from "../../engines/port.ts";
import { readRawRows } from "./rawRows.ts";

/** The table whose rows verify-cdc follows, as it lies at the source, in the raw zone and in the lake. */
export const schema = "wordpress-db";
export const table = "wp_terms";
export const columns = ["term_id", "name", "slug", "term_group"] as const;
const qualified = qualifiedName({ schema, table });
/** Rows of the sample shop's table before the change. */
export const sampleRows = 15;
/** Slug of the last of them in the sample schemas: a product category that no shop has from its installation. */
const lastSampleSlug = "outdoors";
/** Rows that are written. */
export const markers = 4;

/** Values of `columns`, as text. */
export type Row = readonly string[];

/**
 * Whether the table is that of the sample schemas, as they were filled: 15 rows, so that its ids 16 to 19 are free. A shop of the
 * user's own has 15 rows, too, when it is new, and nothing of ours may stay in it.
 */
export async function isSampleTable(source: SourceConnection): Promise<boolean> {
	try {
		const [found] = await source.query(
			`SELECT COUNT(*) AS n, MAX(term_id) AS last, MAX(term_id = ${sampleRows} AND slug = ?) AS sample FROM ${qualified}`,
			[lastSampleSlug],
		);
		return Number(found?.n) === sampleRows && Number(found?.last) === sampleRows && Number(found?.sample) === 1;
	} catch (error) {
		// Ctrl-C, the timeout.
		if (error instanceof PipelineError) throw error;
		throw new PipelineError(
			"usage",
			{
				what: `verify-cdc writes into ${schema}.${table}, which it cannot read at the source.`,
				why: messageOf(error),
				fix: "Create the sample schemas, or replicate a WordPress database.",
				next: "pipeline-cli source seed",
			},
			{ cause: error },
		);
	}
}

/** @returns the rows as they are at the source, in one transaction; their ids are the table's own except in the sample shop's case. */
export async function insert(source: SourceConnection, slugs: readonly string[], sample: boolean): Promise<Row[]> {
	const rows = slugs.map((slug, index) => [sample ? sampleRows + index + 1 : null, slug, slug, (index + 1) % 2]);
	const sql = `INSERT INTO ${qualified} (${columns.join(", ")}) VALUES ${rows.map((row) => `(${places(row)})`).join(",")}`;
	try {
		await source.query(sql, rows.flat());
	} catch (error) {
		throw notWritten(error);
	}
	const found = await source.query(
		`SELECT ${columns.join(", ")} FROM ${qualified} WHERE slug IN (${places(slugs)}) ORDER BY term_id`,
		[...slugs],
	);
	return found.map((row) => columns.map((name) => String(row[name])));
}

/** What the server says of rows that it did not take, or give back; all else as it is. */
function notWritten(error: unknown): unknown {
	const code = errorCode(error);
	const why = messageOf(error);
	if (code === "ER_TABLEACCESS_DENIED_ERROR") {
		return new PipelineError(
			"usage",
			{
				what: `The source's user may not write into ${schema}.${table}, as verify-cdc does.`,
				why,
				fix: `Allow it: GRANT INSERT, DELETE ON ${qualified} TO that user.`,
				next: "pipeline-cli verify-cdc",
			},
			{ cause: error },
		);
	}
	if (code !== "ER_DUP_ENTRY") return error;
	return new PipelineError(
		"failure",
		{ what: "Somebody else verifies at the same time.", why, fix: "Repeat it.", next: "pipeline-cli verify-cdc" },
		{ cause: error },
	);
}

/** Takes rows back. */
export async function removeRows(source: SourceConnection, slugs: readonly string[]): Promise<void> {
	try {
		await source.query(`DELETE FROM ${qualified} WHERE slug IN (${places(slugs)})`, [...slugs]);
	} catch (error) {
		throw notWritten(error);
	}
}

function places(values: readonly unknown[]): string {
	return values.map(() => "?").join(", ");
}

export async function countAtSource(source: SourceConnection): Promise<number> {
	const [row] = await source.query(`SELECT COUNT(*) AS n FROM ${qualified}`);
	return Number(row?.n);
}

/** The table's files in the raw zone. */
export async function rawKeys(raw: ObjectStore): Promise<Set<string>> {
	const keys = new Set<string>();
	for await (const object of raw.list(`${schema}/${table}/`)) keys.add(object.key);
	return keys;
}

/** The files that came since, once together they hold all the rows. */
export async function newFiles(
	raw: ObjectStore,
	known: ReadonlySet<string>,
	rows: Row[],
): Promise<{ keys: string[]; paths: string[]; modified: Date } | undefined> {
	const keys: string[] = [];
	const paths: string[] = [];
	let modified = new Date(0);
	const found = new Set<string>();
	for await (const object of raw.list(`${schema}/${table}/`)) {
		if (known.has(object.key)) continue;
		const path = await raw.fetch(object.key);
		const here = (await readRawRows(object.key, path, ["term_id"])).map((row) => row.term_id);
		const wanted = ids(rows).filter((id) => here.includes(id));
		if (wanted.length === 0) continue;
		for (const id of wanted) found.add(id);
		keys.push(object.key);
		paths.push(path);
		if (object.modified > modified) modified = object.modified;
	}
	return found.size === rows.length ? { keys, paths, modified } : undefined;
}

/** The rows as the current table has them, and how many rows it has in all. */
export async function queryCurrent(
	stack: Stack,
	rows: Row[],
	context: Context,
): Promise<{ rows: Record<string, string | null>[]; count: number }> {
	const query = await stack.query();
	const list = columns.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(", ");
	const found = await query.run(`SELECT ${list} FROM ${table} WHERE term_id IN (${ids(rows).join(", ")})`, context);
	const total = await query.run(`SELECT COUNT(*) AS n FROM ${table}`, context);
	return {
		rows: found.rows.map((row) =>
			Object.fromEntries(columns.map((name, index) => [name, row[index] as string | null])),
		),
		count: Number(total.rows[0]?.[0]),
	};
}

/** Values of `term_id`. */
export function ids(rows: Row[]): string[] {
	return rows.map((row) => row[0] ?? "");
}

/** Values of `columns`. */
export function valuesOf(row: Record<string, string | null>): (string | null | undefined)[] {
	return columns.map((name) => row[name]);
}
