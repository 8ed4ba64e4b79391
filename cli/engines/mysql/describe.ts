import { nearNames } from "../../../etl/contract/pipeline/nearNames.ts";
import { errorCode, PipelineError } from "../../common/errors.ts";
import type { ForeignKey, SourceColumn, SourceConnection, SourceDescription, SourceTable } from "../port.ts";
import { qualifiedName } from "./quote.ts";
import { serverVersion } from "./server.ts";

/** Schemas of the server's own, also those of RDS and of MySQL's cluster. */
const systemSchemas = new Set(["information_schema", "performance_schema", "mysql", "sys", "innodb", "ndbinfo"]);

/**
 * Tables, keys, sizes and foreign keys of schemas. Nothing is written, and of rows only whether there is one.
 * @param wanted default: every schema that the user may see, except the system's.
 * @throws PipelineError where a schema is not there or has no table; its `next` is for the caller to say.
 */
export async function describeSource(
	connection: SourceConnection,
	wanted: readonly string[] | undefined,
	server: string,
): Promise<Omit<SourceDescription, "url">> {
	const version = await serverVersion(connection);
	const visible = await visibleSchemas(connection);
	for (const schema of wanted ?? []) if (!visible.includes(schema)) throw unknownSchema(schema, visible, server);
	const schemas = [...new Set(wanted ?? visible)];
	const tables = schemas.length === 0 ? [] : await tablesOf(connection, schemas);
	const empty = schemas.filter((schema) => !tables.some((table) => table.schema === schema));
	if (empty.length > 0 && (wanted !== undefined || tables.length === 0)) throw noTables(empty, server);
	return { version, tables };
}

async function visibleSchemas(connection: SourceConnection): Promise<string[]> {
	const rows = await connection.query("SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA ORDER BY 1");
	return rows.map(({ name }) => String(name)).filter((name) => !systemSchemas.has(name.toLowerCase()));
}

function unknownSchema(schema: string, visible: readonly string[], server: string): PipelineError {
	const [meant] = nearNames(schema, visible, 1);
	return new PipelineError("usage", {
		what: `${server} has no schema ${schema}, or the user may not see it.`,
		why: visible.length === 0 ? "The user may see no schemas." : `Visible schemas: ${visible.join(", ")}.`,
		fix:
			meant === undefined
				? "Choose a visible schema, or GRANT the user SELECT on its tables."
				: `Did you mean ${meant}? Otherwise GRANT the user SELECT on its tables.`,
	});
}

function noTables(schemas: readonly string[], server: string): PipelineError {
	const what =
		schemas.length === 0
			? `The user may see only system schemas at ${server}.`
			: `${schemas.join(", ")} at ${server} ${schemas.length === 1 ? "has" : "have"} no table that the user may see.`;
	return new PipelineError("usage", {
		what,
		fix: "GRANT the user SELECT on the tables, create tables, or choose another schema with --schema.",
	});
}

type Row = Record<string, unknown>;

async function tablesOf(connection: SourceConnection, schemas: readonly string[]): Promise<SourceTable[]> {
	// MySQL 8 shows statistics up to a day old unless it is asked for today's; MariaDB knows no such variable.
	await connection.query("SET SESSION information_schema_stats_expiry = 0").catch(ignoreRefusal);
	const read = async (sql: string): Promise<Map<string, Row[]>> => grouped(await connection.query(sql, [schemas]));
	const tables = await connection.query(
		`SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\`, COALESCE(TABLE_ROWS, 0) AS estimate,
			COALESCE(DATA_LENGTH, 0) + COALESCE(INDEX_LENGTH, 0) AS bytes
		FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?) AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1, 2`,
		[schemas],
	);
	const columns = await read(
		`SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\`, COLUMN_NAME AS name, DATA_TYPE AS type,
			IS_NULLABLE AS nullable
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (?) ORDER BY ORDINAL_POSITION`,
	);
	const keys = await read(
		`SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\`, INDEX_NAME AS name, COLUMN_NAME AS \`column\`,
			SUB_PART AS part, NULLABLE AS nullable
		FROM information_schema.STATISTICS WHERE TABLE_SCHEMA IN (?) AND NON_UNIQUE = 0
		ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
	);
	const references = await read(
		`SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\`, CONSTRAINT_NAME AS name, COLUMN_NAME AS \`column\`,
			REFERENCED_TABLE_SCHEMA AS toSchema, REFERENCED_TABLE_NAME AS toTable, REFERENCED_COLUMN_NAME AS field
		FROM information_schema.KEY_COLUMN_USAGE
		WHERE TABLE_SCHEMA IN (?) AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION`,
	);
	const found: SourceTable[] = [];
	for (const row of tables) {
		const place = { schema: String(row.schema), table: String(row.table) };
		const of = placeKey(row);
		const estimate = Number(row.estimate);
		found.push({
			schema: place.schema,
			name: place.table,
			rows: estimate > 0 ? estimate : (await hasRow(connection, place)) ? 1 : 0,
			bytes: Number(row.bytes),
			columns: (columns.get(of) ?? []).map(columnOf),
			...keysOf(keys.get(of) ?? []),
			foreignKeys: foreignKeysOf(references.get(of) ?? []),
		});
	}
	return found;
}

/** A table without a column is not among what the user may read. */
function columnOf({ name, type, nullable }: Row): SourceColumn {
	return { name: String(name), type: String(type).toLowerCase(), nullable: nullable === "YES" };
}

function keysOf(rows: readonly Row[]): Pick<SourceTable, "primaryKey" | "uniqueKey"> {
	let primaryKey: string[] = [];
	let uniqueKey: string[] | undefined;
	for (const [name, parts] of byName(rows)) {
		// A key over an expression has no column; one over the beginning of a text says nothing of the whole.
		if (parts.some(({ column, part }) => column === null || part !== null)) continue;
		const columns = parts.map(({ column }) => String(column));
		if (name === "PRIMARY") primaryKey = columns;
		else if (parts.every(({ nullable }) => nullable !== "YES")) uniqueKey ??= columns;
	}
	return { primaryKey, ...(uniqueKey === undefined ? {} : { uniqueKey }) };
}

function foreignKeysOf(rows: readonly Row[]): ForeignKey[] {
	return [...byName(rows).values()].map((parts) => ({
		columns: parts.map(({ column }) => String(column)),
		schema: String(parts[0]?.toSchema),
		table: String(parts[0]?.toTable),
		fields: parts.map(({ field }) => String(field)),
	}));
}

/** Whether a table has a row, where the server's estimate is none; a table that may not be read may have some. */
async function hasRow(connection: SourceConnection, place: { schema: string; table: string }): Promise<boolean> {
	try {
		return (await connection.query(`SELECT 1 FROM ${qualifiedName(place)} LIMIT 1`)).length > 0;
	} catch (error) {
		ignoreRefusal(error);
		return true;
	}
}

/** Takes what the server refuses, and nothing else. */
function ignoreRefusal(error: unknown): void {
	if (!(errorCode(error) ?? "").startsWith("ER_")) throw error;
}

function placeKey({ schema, table }: Row): string {
	return JSON.stringify([schema, table]);
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
	return groupedBy(rows, placeKey);
}

function byName(rows: readonly Row[]): Map<string, Row[]> {
	return groupedBy(rows, ({ name }) => String(name));
}

function groupedBy(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
	const groups = new Map<string, Row[]>();
	for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
	return groups;
}
