import { expect } from "vitest";
import { LocalSource } from "../../cli/engines/local/source/localSource.ts";
import { test as base } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";

/** A server that keeps names in lower case and logs statements as they were written, and leaves a schema out of its binlog. */
const test = base.extend("settings", { scope: "file" }, (): readonly string[] => [
	"lower_case_table_names=1",
	"loose-innodb-native-foreign-keys=ON",
	"binlog_ignore_db=left_out",
]);

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
	await db.query(`CREATE TABLE Kids (Id INT PRIMARY KEY, Parent INT, FOREIGN KEY (Parent) REFERENCES CLIENTS (ID) ON DELETE SET NULL);
		INSERT INTO KIDS VALUES (1, 4); DELETE FROM Clients WHERE ID = 4`);
	await until(
		async () =>
			(await stack.files(schema, "kids")).length > 0 &&
			(await stack.query(`SELECT 1 FROM {${schema}/kids} WHERE "Parent" IS NULL`)).length === 1,
	);
	await db.query("DROP TABLE Kids; DROP TABLE CLIENTS");
	await until(async () => (await stack.statistics(`${schema}.clients`)) === undefined);
	expect(await stack.files(schema, "clients")).toEqual([]);
});

test("a schema that the server leaves out of its binlog is refused", async ({ shop, stackOf, db }) => {
	await db.query("CREATE DATABASE left_out; CREATE TABLE left_out.t (id INT PRIMARY KEY)");
	const stack = await stackOf(shop.schema, "left_out");
	await expect(stack.replication.start(stack.context, { batchInterval: 0.2 })).rejects.toMatchObject({
		outcome: "serviceRefused",
		text: {
			what: "The source cannot be replicated: the binlog does not contain changes of left_out (binlog_ignore_db).",
			fix: "Remove binlog_ignore_db from my.cnf, or add the schemas there, and restart the server.",
		},
	});
	const checks = await new LocalSource(stack.paths).checks();
	expect(checks.filter(({ ok }) => !ok)).toMatchObject([
		{ name: "what the binlog leaves out", found: "the binlog does not contain changes of left_out (binlog_ignore_db)" },
	]);
});
