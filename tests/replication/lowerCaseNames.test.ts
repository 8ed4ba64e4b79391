import { expect } from "vitest";
import { test as base } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";

/** A server that keeps names in lower case, and logs statements as they were written. */
const test = base.extend("settings", { scope: "file" }, (): readonly string[] => ["lower_case_table_names=1"]);

test("a table is followed through statements that write its name in capitals", async ({ shop, db }) => {
	const { stack, schema } = shop;
	await stack.replication.start(stack.context, { batchInterval: 0.2 });
	await db.query(
		"RENAME TABLE T TO Clients; ALTER TABLE CLIENTS ADD COLUMN Note VARCHAR(10); INSERT INTO Clients VALUES (4, 'four', 'x')",
	);
	await db.query("CREATE TABLE Others (id INT PRIMARY KEY); INSERT INTO OTHERS VALUES (1)");
	await until(async () => (await stack.statistics(`${schema}.others`))?.inserts === 1);
	expect((await stack.replication.tables()).map(({ table, state }) => [table, state])).toEqual([
		["clients", "Table completed"],
		["others", "Table completed"],
	]);
	expect(await stack.files(schema, "t")).toEqual([]);
	expect(await stack.query(`SELECT id, "Note" FROM {${schema}/clients} WHERE id = 4`)).toEqual([{ id: 4, Note: "x" }]);
	await db.query("DROP TABLE CLIENTS");
	await until(async () => (await stack.statistics(`${schema}.clients`)) === undefined);
	expect(await stack.files(schema, "clients")).toEqual([]);
});
