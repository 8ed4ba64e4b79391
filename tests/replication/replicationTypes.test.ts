import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { queryLake, runJobs } from "../support/currentTables.ts";
import { test } from "../support/replicationFixtures.ts";
import { type TestStack, until } from "../support/replicator.ts";
import { createTypeTable, expectedTypeRows, insertTypeRows, typeColumns, typeTexts } from "../support/typeTable.ts";

let db: Connection;
let stack: TestStack;
const rows = expectedTypeRows.length;
/** The current tables as they were after the full load. */
const loaded = new Map<string, unknown[]>();

function lakeRows(table: string, condition = "true"): string {
	return `SELECT ${typeTexts()} FROM ${table} WHERE ${condition} ORDER BY id`;
}

test.beforeAll(async ({ db: connection, fileStackOf }) => {
	db = connection;
	await db.query(
		`CREATE DATABASE \`my-types\` CHARACTER SET utf8mb4; USE \`my-types\`; ${createTypeTable("keyed", true)}; ${createTypeTable("bag", false)}`,
	);
	await db.query(insertTypeRows("keyed", 1));
	await db.query(insertTypeRows("bag", 1));
	stack = await fileStackOf("my-types");
	await stack.replication.start(stack.context, { batchInterval: 1 });
	await runJobs(stack);
	for (const table of ["keyed", "bag"]) loaded.set(table, await queryLake(stack, lakeRows(table)));
	// The same rows as changes: inserted, updated from the row before to the row after, deleted.
	for (const table of ["keyed", "bag"]) {
		await db.query(insertTypeRows(table, 1001));
		await db.query(`UPDATE ${table} SET c_int = c_int WHERE id > 1000`);
		const assignments = typeColumns.map(({ name }) => `t.${name} = n.${name}`);
		await db.query(
			`UPDATE ${table} t JOIN ${table} n ON n.id = IF(t.id = ${rows}, 1, t.id + 1) AND t.id <= ${rows} SET ${assignments.join(", ")}`,
		);
		await db.query(`DELETE FROM ${table} WHERE id > 1000`);
	}
	await until(async () => (await stack.statistics("my-types.bag"))?.deletes === rows);
});

test("there are at least the 39 types of the list", () => {
	expect(typeColumns.length).toBeGreaterThanOrEqual(39);
});

test.each(["keyed", "bag"])("the full load of %s holds every value exactly", async (table) => {
	const found = await stack.query(
		`SELECT ${typeTexts()} FROM {my-types/${table}} WHERE filename LIKE '%LOAD%' ORDER BY id`,
	);
	expect(found).toEqual(expectedTypeRows);
});

test.each(["I", "D"])("changes of operation %s hold every value exactly", async (operation) => {
	for (const table of ["keyed", "bag"]) {
		const found = await stack.query(
			`SELECT ${typeTexts()} FROM {my-types/${table}} WHERE filename NOT LIKE '%LOAD%' AND Op = '${operation}' ORDER BY id`,
		);
		expect(found).toEqual(expectedTypeRows);
	}
});

test("updates hold the row after, and before images of every column where there is no key", async () => {
	const condition = `FROM {my-types/bag} WHERE Op = 'U' AND id <= ${rows} AND BI_id <= ${rows} ORDER BY id`;
	expect(await stack.query(`SELECT ${typeTexts("BI_")} ${condition}`)).toEqual(expectedTypeRows);
});

test("columns have the types of the contract, the same in load and change files", async () => {
	const wanted = typeColumns.map(({ name, raw }) => ({ name, type: raw }));
	for (const table of ["keyed", "bag"]) {
		for (const file of await stack.files("my-types", table)) {
			const described = await stack.query(
				`SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM '${stack.paths.raw}/my-types/${table}/${file}')`,
			);
			const before =
				table === "keyed"
					? [{ name: "BI_id", type: "INTEGER" }]
					: [{ name: "BI_id", type: "INTEGER" }, ...wanted.map(({ name, type }) => ({ name: `BI_${name}`, type }))];
			expect(described).toEqual([
				{ name: "Op", type: "VARCHAR" },
				{ name: "cdc_commit_time", type: "VARCHAR" },
				{ name: "id", type: "INTEGER" },
				...wanted,
				{ name: "cdc_change_seq", type: "VARCHAR" },
				...before,
			]);
		}
	}
});

test.each(["keyed", "bag"])("the current table of %s holds every value of the full load exactly", (table) => {
	expect(loaded.get(table)).toEqual(expectedTypeRows);
});

test("change logs and current tables hold every value of the changes exactly", async () => {
	for (const table of ["keyed", "bag"]) await db.query(insertTypeRows(table, 2001));
	await until(async () => (await stack.statistics("my-types.bag"))?.inserts === 2 * rows);
	await runJobs(stack);
	for (const table of ["keyed", "bag"]) {
		// Each of the first rows got the values of the one after it, the last those of the first.
		const updated = await queryLake(stack, lakeRows(table, "id <= 1000"));
		expect(updated).toEqual([...expectedTypeRows.slice(1), expectedTypeRows[0]]);
		expect(await queryLake(stack, lakeRows(table, "id > 2000"))).toEqual(expectedTypeRows);
		expect(await queryLake(stack, `SELECT count(*) AS n FROM ${table}`)).toEqual([{ n: 2 * rows }]);
		for (const condition of ["cdc_op = 'O'", "cdc_op = 'I' AND id < 2000", "cdc_op = 'D'"]) {
			expect(await queryLake(stack, lakeRows(`${table}_changes`, condition))).toEqual(expectedTypeRows);
		}
	}
});
