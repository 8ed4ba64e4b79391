import { messageOf } from "../../../../common/errors.ts";
import { qualifiedName } from "../../../mysql/quote.ts";
import type { ColumnDefinition } from "../model/checkpoint.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import { inTable, isLockTimeout, isMissingRight, isTableGone } from "./errors.ts";
import type { Server } from "./server.ts";

export interface TableSchema {
	columns: ColumnDefinition[];
	/** Names of the key's columns, in order: as the server logs them, see `keyOf`. */
	key: string[];
}

/** Base tables of schemas, by name. */
export async function listTables(server: Server, schemas: readonly string[]): Promise<TableName[]> {
	const rows = await server.rows(
		`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t FROM INFORMATION_SCHEMA.TABLES
		WHERE TABLE_SCHEMA IN (?) AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY 1, 2`,
		[schemas],
	);
	return rows.map((row) => ({ schema: String(row.s), table: String(row.t) }));
}

/**
 * A table's definition as it is now. Inside a transaction that has read the table, it stays so: the server holds back ALTER.
 * @returns undefined where the table does not exist.
 * @throws Error where it cannot be replicated.
 */
export async function readTableSchema(server: Server, { schema, table }: TableName): Promise<TableSchema | undefined> {
	const columns = await server.rows(
		`SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS standard,
			CHARACTER_SET_NAME AS charset, GENERATION_EXPRESSION AS expression, EXTRA AS extra, COLUMN_KEY AS part
		FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
		[schema, table],
	);
	if (columns.length === 0) return undefined;
	await requireAllColumns(server, { schema, table });
	await requireRowsInBinlog(server, { schema, table });
	const parts = await server.rows(
		`SELECT INDEX_NAME AS indexed, COLUMN_NAME AS name FROM INFORMATION_SCHEMA.STATISTICS
		WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
		[schema, table],
	);
	return {
		columns: columns.map((row) => {
			const generated = row.expression === null ? "" : String(row.expression);
			const defaultsTo = defaultExpression(server.flavour, row);
			return {
				name: String(row.name),
				type: String(row.type),
				nullable: row.nullable === "YES",
				// MariaDB spells the default NULL out, MySQL gives null.
				defaultsToNull:
					(row.standard === null || row.standard === "NULL") && row.nullable === "YES" && generated === "",
				charset: row.charset === null ? null : String(row.charset),
				generated,
				...(defaultsTo === undefined ? {} : { defaultsTo }),
			};
		}),
		key: keyOf(
			columns.filter(({ part }) => part === "PRI").map(({ name }) => String(name)),
			parts.map(({ indexed, name }) => ({ of: String(indexed), name: String(name) })),
		),
	};
}

/**
 * The primary key; where there is none, the first UNIQUE index without nulls, which the servers take, mark (`marked`) and log as one:
 * rows of the binlog have it, and so must those of the load.
 * @param parts of unique indexes, the primary key first.
 */
function keyOf(marked: readonly string[], parts: readonly { of: string; name: string }[]): string[] {
	for (const index of new Set(parts.map(({ of }) => of))) {
		const names = parts.filter(({ of }) => of === index).map(({ name }) => name);
		if (names.length === marked.length && names.every((name) => marked.includes(name))) return names;
	}
	return [...marked];
}

/** MySQL marks a default that is an expression; MariaDB spells each as one, and a text in quotes. */
function defaultExpression(
	flavour: Server["flavour"],
	{ standard, extra }: Record<string, unknown>,
): string | undefined {
	if (standard === null || standard === "NULL") return undefined;
	const text = String(standard);
	const isExpression =
		flavour === "mysql" ? /\bDEFAULT_GENERATED\b/i.test(String(extra)) : !/^'(?:[^'\\]|\\.|'')*'$/s.test(text);
	return isExpression ? text : undefined;
}

/** About how large a table is, by the server's own statistics. */
export interface TableSize {
	bytes: number;
	rowBytes: number;
}

export async function tableSize(server: Server, { schema, table }: TableName): Promise<TableSize> {
	const [row] = await server.rows(
		`SELECT DATA_LENGTH AS bytes, AVG_ROW_LENGTH AS row_bytes
		FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
		[schema, table],
	);
	return { bytes: Number(row?.bytes ?? 0), rowBytes: Number(row?.row_bytes ?? 0) };
}

/** How many tables one statement asks for. */
const asked = 50;

/**
 * Tables of which the user may not read every column, by `schema.table`, with the reason. The binlog has all columns of a table,
 * whoever reads it, so that values of those would come as changes.
 */
export async function refusedTables(server: Server, tables: readonly TableName[]): Promise<Map<string, Error>> {
	const refused = new Map<string, Error>();
	for (let from = 0; from < tables.length; from += asked) {
		const some = tables.slice(from, from + asked);
		if ((await refusal(server, some)) === undefined) continue;
		for (const name of some) {
			const error = await refusal(server, [name]);
			if (error !== undefined) refused.set(tableId(name), error);
		}
	}
	return refused;
}

async function refusal(server: Server, tables: readonly TableName[]): Promise<Error | undefined> {
	// mysql2 takes no column of the name __proto__.
	const none = tables.map((name) => `(SELECT 1 FROM (SELECT * FROM ${qualifiedName(name)} LIMIT 0) AS none)`);
	try {
		await server.rows(none.join(" UNION ALL "));
		return undefined;
	} catch (error) {
		// One that is gone says so by a statement of its own.
		if (isTableGone(error) && tables.length === 1) return undefined;
		if (isLockTimeout(error)) return inTable(error) as Error;
		if (!isTableGone(error) && !isMissingRight(error)) throw error;
		return new Error(
			`the user may not read all of its columns, but the binlog contains all of them: grant SELECT on the whole table, then reload it; use drop or hash in the definition for columns to protect (${messageOf(error)})`,
			{ cause: error },
		);
	}
}

async function requireAllColumns(server: Server, name: TableName): Promise<void> {
	const error = await refusal(server, [name]);
	if (error !== undefined) throw error;
}

/** Their rows are those of other tables, of other servers, or none, whatever is written. */
const enginesOfOtherRows = new Set(["MRG_MYISAM", "FEDERATED", "CONNECT", "SPIDER", "BLACKHOLE"]);

async function requireRowsInBinlog(server: Server, { schema, table }: TableName): Promise<void> {
	const [row] = await server.rows(
		"SELECT TABLE_TYPE AS type, ENGINE AS engine FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
		[schema, table],
	);
	const engine = String(row?.engine ?? "");
	if (enginesOfOtherRows.has(engine.toUpperCase())) {
		throw new Error(
			`with its engine ${engine}, the binlog has different rows than the table: exclude it in the definition, or change its engine and reload it`,
		);
	}
	if (row?.type !== "SYSTEM VERSIONED") return;
	// The binlog has each old version as a row of its own, with columns that the definition does not show.
	throw new Error(
		"it is system-versioned, so old versions would count as rows: exclude it in the definition, or drop its versions (ALTER TABLE … DROP SYSTEM VERSIONING) and reload it",
	);
}
