import { expect } from "vitest";
import { readSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { test as base } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";
import { isMySql } from "../support/servers/source.ts";

/** A user of the test's own, who may read what its grants say, and a stack that replicates as that one. */
const test = base.extend("reader", async ({ shop, db }) => {
	const { stack, schema } = shop;
	const user = `reader_${schema.replace("-", "_")}`;
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await db.query(`CREATE USER ${user}@'%'; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${user}@'%';
		GRANT LOCK TABLES, SELECT ON \`${schema}\`.* TO ${user}@'%'`);
	await writeSettings({ ...settings, source: { ...settings.source, user } }, stack.paths);
	const state = async (table: string): Promise<string | undefined> => {
		const found = await stack.statistics(`${schema}.${table}`);
		return found?.state === "Table error" ? found.lastError : found?.state;
	};
	return {
		account: `${user}@'%'`,
		/** Waits until a table is in error, with this in its reason. */
		refused: (table: string, why: string) => until(async () => (await state(table))?.includes(why)),
		start: () => stack.replication.start(stack.context, { batchInterval: 0.2 }),
	};
});

const columnsOnly = `GRANT SELECT (id) ON`;

test("a table made while changes run that the user may not read is in error, alone", async ({ shop, db, reader }) => {
	const { schema, stack } = shop;
	await db.query(`REVOKE SELECT ON \`${schema}\`.* FROM ${reader.account}; GRANT SELECT ON t TO ${reader.account}`);
	await reader.start();
	await db.query("CREATE TABLE secret (id INT PRIMARY KEY); INSERT INTO secret VALUES (1)");
	await db.query("INSERT INTO t VALUES (4, 'four')");
	await shop.changes("inserts", 1);
	await reader.refused("secret", "SELECT command denied");
	await db.query(`GRANT SELECT ON secret TO ${reader.account}`);
	await stack.replication.reload(stack.context, [{ schema, table: "secret" }]);
	expect(await stack.statistics(`${schema}.secret`)).toMatchObject({ state: "Table completed", fullLoadRows: 1 });
});

test("a right on columns that is taken away while changes run takes the table out, and no value comes after it", async ({
	shop,
	db,
	reader,
}) => {
	const { schema, stack } = shop;
	await db.query(`REVOKE SELECT ON \`${schema}\`.* FROM ${reader.account}; GRANT SELECT ON t TO ${reader.account};
		CREATE TABLE people (id INT PRIMARY KEY, pay INT); GRANT SELECT ON people TO ${reader.account};
		INSERT INTO people VALUES (1, 10)`);
	await reader.start();
	await db.query(`INSERT INTO people VALUES (2, 20)`);
	await until(async () => (await stack.statistics(`${schema}.people`))?.inserts === 1);
	await db.query(`${columnsOnly} people TO ${reader.account}; REVOKE SELECT ON people FROM ${reader.account}`);
	await db.query("INSERT INTO people VALUES (3, 30); INSERT INTO t VALUES (4, 'four')");
	await shop.changes("inserts", 1);
	await reader.refused("people", "grant SELECT on the whole table");
	expect(await stack.query(`SELECT max(pay) AS most FROM {${schema}/people}`)).toEqual([{ most: 20 }]);
	await db.query(`GRANT SELECT ON people TO ${reader.account}`);
	await stack.replication.reload(stack.context, [{ schema, table: "people" }]);
	expect(await stack.query(`SELECT max(pay) AS most FROM {${schema}/people}`)).toEqual([{ most: 30 }]);
});

test("a right on columns that is taken away while the table waits for its reload keeps its changes back", async ({
	shop,
	db,
	server,
	reader,
}) => {
	const { schema, stack } = shop;
	const paid = async (pay: number): Promise<boolean> =>
		(await stack.query(`SELECT 1 FROM {${schema}/people} WHERE pay = ${pay}`)).length > 0;
	const reload = () => stack.replication.reload(stack.context, [{ schema, table: "people" }]);
	await db.query(`REVOKE SELECT ON \`${schema}\`.* FROM ${reader.account}; GRANT SELECT ON t TO ${reader.account};
		CREATE TABLE people (id INT PRIMARY KEY, pay INT); GRANT SELECT ON people TO ${reader.account};
		${columnsOnly} people TO ${reader.account}; INSERT INTO people VALUES (1, 10)`);
	await reader.start();
	const holder = await server.connect({ database: schema });
	await holder.query("LOCK TABLES people WRITE");
	await expect(reload()).rejects.toThrow("people could not be reloaded yet");
	await holder.query("INSERT INTO people VALUES (2, 20)");
	await until(async () => (await stack.statistics(`${schema}.people`))?.inserts === 1);
	await db.query(`REVOKE SELECT ON people FROM ${reader.account}; INSERT INTO t VALUES (4, 'four')`);
	await shop.changes("inserts", 1);
	await holder.query("INSERT INTO people VALUES (3, 30)");
	await db.query("INSERT INTO t VALUES (5, 'five')");
	await shop.changes("inserts", 2);
	expect(await paid(30)).toBe(false);
	await holder.query("UNLOCK TABLES");
	await holder.end();
	await expect(reload()).rejects.toThrow("people");
	await reader.refused("people", "SELECT command denied");
	expect(await paid(30)).toBe(false);
	await db.query(`GRANT SELECT ON people TO ${reader.account}`);
	await reload();
	await db.query("INSERT INTO people VALUES (5, 50)");
	await until(() => paid(50));
	expect(await paid(30)).toBe(true);
});

test("an invisible column that the user may not read does not come as changes", async ({ shop, db, reader }) => {
	const { schema, stack } = shop;
	await db.query(`REVOKE SELECT ON \`${schema}\`.* FROM ${reader.account}; GRANT SELECT ON t TO ${reader.account};
		CREATE TABLE people (id INT PRIMARY KEY, name TEXT, pay INT INVISIBLE);
		GRANT SELECT (id, name) ON people TO ${reader.account};
		INSERT INTO people (id, name, pay) VALUES (1, 'a', 10)`);
	await reader.start();
	await db.query(`INSERT INTO people (id, name, pay) VALUES (2, 'b', 20)`);
	// MariaDB says so when the table is loaded, MySQL does not.
	await reader.refused("people", isMySql ? "its column pay is in the binlog" : "grant SELECT on the whole table");
	expect(await stack.files(schema, "people")).toHaveLength(isMySql ? 1 : 0);
});

test("a column that becomes invisible, and visible again, keeps its values", async ({ shop, db, reader }) => {
	const { schema, stack } = shop;
	const change = (how: string): string => (isMySql ? `ALTER COLUMN name SET ${how}` : `MODIFY name VARCHAR(50) ${how}`);
	await reader.start();
	await db.query(`ALTER TABLE t ${change("INVISIBLE")}; INSERT INTO t (id, name) VALUES (4, 'four')`);
	await db.query(`ALTER TABLE t ${isMySql ? change("VISIBLE") : change("")}; INSERT INTO t VALUES (5, 'five')`);
	await db.query("CREATE TABLE after (id INT PRIMARY KEY); INSERT INTO after VALUES (1)");
	await until(async () => (await stack.statistics(`${schema}.after`))?.inserts === 1);
	await shop.expectEqual();
	expect((await stack.statistics(`${schema}.t`))?.state).toBe("Table completed");
});

test("columns that the server keeps for itself do not reach the files", async ({ shop, db, reader }) => {
	const { schema, stack } = shop;
	const long = isMySql ? "KEY ((lower(a)))" : "UNIQUE (a), UNIQUE (b)";
	await db.query(`CREATE TABLE own (id INT PRIMARY KEY, a ${isMySql ? "VARCHAR(20)" : "TEXT"}, b BLOB, ${long})`);
	await db.query("INSERT INTO own VALUES (1, 'one', 'eins')");
	await reader.start();
	await db.query("INSERT INTO own VALUES (2, 'two', 'zwei'); UPDATE own SET a = 'uno' WHERE id = 1");
	await until(async () => (await stack.statistics(`${schema}.own`))?.updates === 1);
	const columns = (await stack.query(`DESCRIBE SELECT * FROM {${schema}/own}`)).map((row) => row.column_name);
	expect(columns).toEqual(["Op", "cdc_commit_time", "id", "a", "b", "cdc_change_seq", "BI_id", "filename"]);
});
