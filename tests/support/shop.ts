import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { foldByKey, sourceRows } from "./fold.ts";
import { type TestStack, until } from "./replicator.ts";

/** A schema of a test's own with a table `t` of three rows, and a stack that replicates it. */
export interface Shop {
	stack: TestStack;
	schema: string;
	/** Waits until the statistics of `t` say so many. */
	changes(wanted: "inserts" | "updates" | "deletes", count: number): Promise<unknown>;
	/** What the raw files make of `t` is what the source holds. */
	expectEqual(): Promise<void>;
}

let made = 0;

/** @param db whose current schema becomes that of the shop. */
export async function makeShop(db: Connection, stackOf: (schema: string) => Promise<TestStack>): Promise<Shop> {
	made += 1;
	const schema = `shop-${made}`;
	await db.query(`CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4; USE \`${schema}\`;
		CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(50)); INSERT INTO t VALUES (1, 'one'), (2, 'zwö'), (3, '三 🎉')`);
	const stack = await stackOf(schema);
	return {
		stack,
		schema,
		changes: (wanted, count) => until(async () => (await stack.statistics(`${schema}.t`))?.[wanted] === count),
		expectEqual: async () => {
			expect(await foldByKey(stack, `${schema}/t`, ["id"], ["id", "name"])).toEqual(
				await sourceRows(db, `SELECT id, name FROM \`${schema}\`.t ORDER BY id`),
			);
		},
	};
}
