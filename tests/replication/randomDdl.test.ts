import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { rounds } from "../support/cases.ts";
import { currentRows, runJobs } from "../support/currentTables.ts";
import { sourceRows } from "../support/fold.ts";
import { RandomDdl } from "../support/randomDdl.ts";
import { test } from "../support/replicationFixtures.ts";
import { type TestStack, until } from "../support/replicator.ts";
import { Random } from "../support/values/random.ts";

const statements = rounds(400, 100);
/** Statements between two looks at the tables. */
const between = 100;
const seeds = Array.from({ length: rounds(12, 1) }, (_, at) => at + 1);

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** Every table of the source with its rows, and those of the lake. */
async function tablesOf(db: Connection, stack: TestStack, made: RandomDdl): Promise<[source: unknown, lake: unknown]> {
	const [source, lake]: [Record<string, string[]>, Record<string, string[]>] = [{}, {}];
	for (const [name, { columns }] of made.tables) {
		const names = ["id", ...columns.map((column) => column.name)];
		source[name] = sorted(await sourceRows(db, `SELECT ${names.join(", ")} FROM ${name}`));
		lake[name] = sorted(await currentRows(stack, name, names, ["id"]));
	}
	return [source, lake];
}

test.for(seeds)(
	"tables that statements change at random are what the source has (seed %i)",
	{ timeout: 900_000 },
	async (seed, { shop, db }) => {
		const { stack, schema } = shop;
		const made = new RandomDdl(new Random(seed));
		const done: string[] = [];
		for (let at = 0; at < 5; at += 1) await db.query(made.next());
		await stack.replication.start(stack.context, { batchInterval: 0.2 });
		for (let at = 1; done.length < statements; at += 1) {
			for (let one = 0; one < between; one += 1) {
				const sql = made.next();
				done.push(sql);
				await db.query(sql);
			}
			await db.query(`INSERT INTO t VALUES (${at + 100}, 'all before is read')`);
			await shop.changes("inserts", at);
			await until(async () => {
				const tables = await stack.replication.tables();
				expect(tables.filter(({ state }) => state === "Table error")).toEqual([]);
				return tables.every(({ state }) => state === "Table completed");
			});
			await runJobs(stack);
			const [source, lake] = await tablesOf(db, stack, made);
			expect(lake, `after\n${done.join(";\n")}`).toEqual(source);
			const there = (await stack.replication.tables()).map(({ table }) => table).sort();
			expect(there, schema).toEqual(["t", ...made.tables.keys()].sort());
		}
	},
);
