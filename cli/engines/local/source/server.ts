import type { SourceConnection, SourceStatus } from "../../port.ts";

/** @returns product and version, for instance `MariaDB 10.11.19`. */
export async function serverVersion(connection: SourceConnection): Promise<string> {
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

/** A name as SQL takes it. */
export function quoteName(name: string): string {
	return `\`${name.replaceAll("`", "``")}\``;
}

/**
 * Tables and rows of each schema.
 * @param exact counts every row; otherwise the server's own estimate, which is quick on any size.
 */
export async function countRows(
	connection: SourceConnection,
	schemas: readonly string[],
	exact: boolean,
): Promise<NonNullable<SourceStatus["schemas"]>> {
	const counts: NonNullable<SourceStatus["schemas"]> = [];
	for (const schema of schemas) {
		const tables = await connection.query(
			`SELECT TABLE_NAME AS name, COALESCE(TABLE_ROWS, 0) AS estimate FROM information_schema.TABLES
			WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
			[schema],
		);
		let rows = 0;
		for (const { name, estimate } of tables) {
			if (!exact) {
				rows += Number(estimate);
				continue;
			}
			const [count] = await connection.query(
				`SELECT COUNT(*) AS count FROM ${quoteName(schema)}.${quoteName(String(name))}`,
			);
			rows += Number(count?.count);
		}
		counts.push({ schema, tables: tables.length, rows });
	}
	return counts;
}
