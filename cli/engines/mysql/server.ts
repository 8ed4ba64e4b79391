import type { SourceConnection, SourceStatus } from "../port.ts";
import { qualifiedName } from "./quote.ts";

/** @returns product and version, for instance `MariaDB 10.11.19`. */
export async function serverVersion(connection: Pick<SourceConnection, "query">): Promise<string> {
	const [row] = await connection.query("SELECT VERSION() AS version");
	return readableVersion(String(row?.version));
}

/** @param version as the server words it, for instance `10.11.19-MariaDB-0+deb12u1-log`. */
export function readableVersion(version: string): string {
	const number = /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? version;
	return `${/mariadb/i.test(version) ? "MariaDB" : "MySQL"} ${number}`;
}

/** @param version as `serverVersion` returns it. */
export function isMariaDb(version: string): boolean {
	return version.startsWith("MariaDB");
}

/** Rows of a schema up to which every one is counted; beyond, the server's own estimate has to do, which is quick. */
const countable = 5_000_000;

/** Tables and rows of each schema. */
export async function countRows(
	connection: SourceConnection,
	schemas: readonly string[],
): Promise<NonNullable<SourceStatus["schemas"]>> {
	const counts: NonNullable<SourceStatus["schemas"]> = [];
	for (const schema of schemas) {
		const tables = await connection.query(
			`SELECT TABLE_NAME AS name, COALESCE(TABLE_ROWS, 0) AS estimate FROM information_schema.TABLES
			WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
			[schema],
		);
		let rows = tables.reduce((sum, table) => sum + Number(table.estimate), 0);
		if (rows <= countable) {
			rows = 0;
			for (const { name } of tables) rows += await countTable(connection, schema, String(name));
		}
		counts.push({ schema, tables: tables.length, rows });
	}
	return counts;
}

/** Whether the server refused a statement, in place of ending the connection (class 08) or the statement (70100). */
function isAnswer(error: unknown): boolean {
	const { sqlState = "08" } = error as { sqlState?: string };
	return !sqlState.startsWith("08") && sqlState !== "70100";
}

async function countTable(connection: SourceConnection, schema: string, table: string): Promise<number> {
	try {
		const [row] = await connection.query(`SELECT COUNT(*) AS count FROM ${qualifiedName({ schema, table })}`);
		return Number(row?.count);
	} catch (error) {
		// Dropped since the tables were listed, listed to a user who may not read it, or damaged: the server's answer is about this
		// table alone, and what was counted is shown all the same.
		if (isAnswer(error)) return 0;
		throw error;
	}
}
