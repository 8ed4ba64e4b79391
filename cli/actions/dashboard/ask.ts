import type { Context, Query } from "../../engines/port.ts";

export type Row = Record<string, unknown>;

/** Tables that are asked in one statement: each statement costs, and engines take only so much text. */
const together = 50;

/**
 * Asks the same of many tables. One that cannot be read has no rows in the answer, and takes none of the others with it.
 * @param select the SELECT of a table; all of them have the same columns.
 */
export async function askAll<T>(
	tables: readonly T[],
	select: (table: T) => string,
	query: Query,
	context: Context,
): Promise<Row[]> {
	const answers: Row[] = [];
	for (let at = 0; at < tables.length; at += together) {
		answers.push(...(await askSome(tables.slice(at, at + together), select, query, context)));
	}
	return answers;
}

async function askSome<T>(
	tables: readonly T[],
	select: (table: T) => string,
	query: Query,
	context: Context,
): Promise<Row[]> {
	try {
		return await ask(tables.map(select).join("\nUNION ALL\n"), query, context);
	} catch {
		context.signal.throwIfAborted();
		if (tables.length === 1) return [];
		const half = Math.ceil(tables.length / 2);
		const first = await askSome(tables.slice(0, half), select, query, context);
		return [...first, ...(await askSome(tables.slice(half), select, query, context))];
	}
}

async function ask(sql: string, query: Query, context: Context): Promise<Row[]> {
	const { columns, rows } = await query.run(sql, context);
	const names = columns.map(({ name }) => name);
	return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
}

/** A name, quoted as both engines take it. */
export function nameInSql(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

export function textInSql(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
