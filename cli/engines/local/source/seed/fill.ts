import type { Connection } from "mysql2/promise";
import { type SampleSchema, type SampleValue, sampleSize } from "../../../../../etl/definition/sampleData.ts";
import { bug } from "../../../../common/errors.ts";
import { quoteName } from "../../../mysql/quote.ts";

/** Sends one statement; rejects, without waiting for the server, where the work is to stop. */
export type Send = (sql: string, values?: unknown[]) => Promise<unknown>;

/** Rows of one INSERT, and of one transaction. */
const insertRows = 1000;
const transactionRows = 50_000;

/** @returns schemas of the samples in which there are sample tables. */
export async function schemasWithTables(client: Connection, samples: readonly SampleSchema[]): Promise<string[]> {
	const found: string[] = [];
	for (const { schema, tables } of samples) {
		const [rows] = await client.query(
			"SELECT COUNT(*) AS count FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)",
			[schema, tables.map((table) => table.name)],
		);
		if (Number((rows as { count: unknown }[])[0]?.count) > 0) found.push(schema);
	}
	return found;
}

/** Creates the schema where it is missing, and replaces its tables. */
export async function createTables(send: Send, { schema, collation, tables }: SampleSchema): Promise<void> {
	await send(`CREATE DATABASE IF NOT EXISTS ${quoteName(schema)} CHARACTER SET utf8mb4 COLLATE ${collation}`);
	await send(`USE ${quoteName(schema)}`);
	for (const table of [...tables].reverse()) await send(`DROP TABLE IF EXISTS ${quoteName(table.name)}`);
	for (const table of tables) await send(table.create);
}

/**
 * Fills the tables of the schema in use.
 * @returns the number of rows.
 */
export async function fillTables(
	send: Send,
	sample: SampleSchema,
	size: { seed: number; scale: number },
	onRows: (rows: number) => void,
): Promise<number> {
	const pending = new Map(sample.tables.map((table) => [table.name, [] as (readonly SampleValue[])[]]));
	let rows = 0;
	let uncommitted = 0;
	/** Parents first: a child row is never sent before the row that it refers to. */
	const flush = async (): Promise<void> => {
		for (const table of sample.tables) {
			const batch = pending.get(table.name)?.splice(0) ?? [];
			if (batch.length === 0) continue;
			const columns = table.columns.map(quoteName).join(", ");
			await send(`INSERT INTO ${quoteName(table.name)} (${columns}) VALUES ?`, [batch]);
			uncommitted += batch.length;
		}
		if (uncommitted < transactionRows) return;
		await send("COMMIT");
		await send("START TRANSACTION");
		uncommitted = 0;
	};
	await send("START TRANSACTION");
	for (const row of sample.rows(size.seed, sampleSize(size.scale))) {
		const batch = pending.get(row.table);
		if (batch === undefined) throw bug(`${sample.schema} has no table ${row.table}`);
		batch.push(row.values);
		rows += 1;
		if (batch.length < insertRows) continue;
		await flush();
		onRows(rows);
	}
	await flush();
	await send("COMMIT");
	return rows;
}
