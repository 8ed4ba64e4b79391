import type { Connection, RowDataPacket } from "mysql2/promise";
import { quoteName } from "../../cli/engines/duckdb/quote.ts";
import type { TestStack } from "./replicator.ts";

/**
 * What a table's raw files amount to: for each key the last row by change sequence, the full load before all changes; an update
 * that moves the key removes the old one. Every value as text, in the order of the key.
 */
export async function foldByKey(
	stack: TestStack,
	folder: string,
	key: string[],
	columns: string[],
): Promise<unknown[]> {
	const oldKey = key.map((name) => `${quoteName(`BI_${name}`)} AS ${quoteName(name)}`).join(", ");
	const moved = key.map((name) => `${quoteName(name)} IS DISTINCT FROM ${quoteName(`BI_${name}`)}`).join(" OR ");
	const list = key.map(quoteName).join(", ");
	const others = columns.filter((name) => !key.includes(name));
	const nulls = others.map((name) => `NULL AS ${quoteName(name)}`);
	return stack.query(`
		WITH files AS (SELECT * FROM {${folder}}),
		events AS (
			SELECT ${[list, ...others.map(quoteName)].join(", ")}, Op = 'D' AS gone, cdc_change_seq AS seq, 1 AS step FROM files
			UNION ALL
			SELECT ${[oldKey, ...nulls].join(", ")}, true, cdc_change_seq, 0 FROM files WHERE Op = 'U' AND (${moved})
		),
		ranked AS (SELECT *, row_number() OVER (PARTITION BY ${list} ORDER BY seq DESC NULLS LAST, step DESC) AS place FROM events)
		SELECT ${columns.map((name) => `CAST(${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`).join(", ")} FROM ranked
		WHERE place = 1 AND NOT gone ORDER BY ${key.map((name) => `ranked.${quoteName(name)}`).join(", ")}`);
}

/** The same for a table without a key: every distinct row with how often it is there. */
export async function foldAsBag(stack: TestStack, folder: string, columns: string[]): Promise<unknown[]> {
	const after = columns.map(quoteName).join(", ");
	const before = columns.map((name) => quoteName(`BI_${name}`)).join(", ");
	return stack.query(`
		WITH files AS (SELECT * FROM {${folder}}),
		events AS (
			SELECT ${after}, CASE Op WHEN 'D' THEN -1 ELSE 1 END AS n FROM files
			UNION ALL
			SELECT ${before}, -1 FROM files WHERE Op = 'U'
		)
		SELECT ${columns.map((name) => `CAST(${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`).join(", ")}, CAST(sum(n) AS VARCHAR) AS n
		FROM events GROUP BY ${after} HAVING sum(n) <> 0 ORDER BY ${columns.map((name) => `events.${quoteName(name)}`).join(", ")}`);
}

/** A table at the source, every value as text. */
export async function sourceRows(db: Connection, sql: string): Promise<unknown[]> {
	const [rows] = await db.query<RowDataPacket[]>(sql);
	return rows.map((row) =>
		Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? value : String(value)])),
	);
}
