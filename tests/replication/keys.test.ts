import { expect } from "vitest";
import { currentRows, runJobs } from "../support/currentTables.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";

const limits = { batchInterval: 0.2 };

test("a date of zeros in a key takes its table out, as in the lake it would be no key; the others go on", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	await db.query(`SET SESSION sql_mode = '';
		CREATE TABLE loaded (d DATE, c CHAR(2), PRIMARY KEY (d, c));
		INSERT INTO loaded VALUES ('0000-00-00', 'x'), ('2024-00-00', 'x'), ('2024-12-00', 'x');
		CREATE TABLE days (d DATE PRIMARY KEY, n INT); CREATE TABLE times (d DATETIME(3) PRIMARY KEY, n INT);
		CREATE TABLE stamps (d TIMESTAMP PRIMARY KEY, n INT); CREATE TABLE beside (id INT PRIMARY KEY, d DATE NOT NULL);
		INSERT INTO days VALUES ('2024-01-01', 1); INSERT INTO times VALUES ('2024-01-01', 1);
		INSERT INTO stamps VALUES ('2024-01-01', 1); INSERT INTO beside VALUES (1, '0000-00-00')`);
	await stack.replication.start(stack.context, limits);
	const refused = (table: string) =>
		until(async () => {
			const found = await stack.statistics(`${schema}.${table}`);
			return found?.state === "Table error" && found.lastError?.includes("its key column d has a date with");
		});
	await refused("loaded");
	await db.query(`UPDATE days SET d = '2024-00-10' WHERE n = 1; INSERT INTO times VALUES ('2024-01-00 10:00:00', 2);
		INSERT INTO stamps VALUES (0, 2); INSERT INTO beside VALUES (2, '2024-00-00'); INSERT INTO t VALUES (4, 'four')`);
	for (const table of ["days", "times", "stamps"]) await refused(table);
	await shop.changes("inserts", 1);
	expect(await stack.statistics(`${schema}.beside`)).toMatchObject({ state: "Table completed", inserts: 1 });
	await db.query("DELETE FROM stamps WHERE n = 2");
	await stack.replication.reload(stack.context, [{ schema, table: "stamps" }]);
	expect(await stack.statistics(`${schema}.stamps`)).toMatchObject({ state: "Table completed", fullLoadRows: 1 });
});

test("a table without a key loses no row of dates of zeros, and zero is one key whatever its sign", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	await db.query(`SET SESSION sql_mode = ''; CREATE TABLE bag (d DATE, s DATETIME, n INT);
		INSERT INTO bag VALUES ('0000-00-00', 0, 1), ('2024-00-00', 0, 1), ('2024-00-00', '2024-01-00', 1), ('2024-01-01', 0, 2);
		CREATE TABLE zeros (x DOUBLE PRIMARY KEY, n INT); INSERT INTO zeros VALUES (-0e0, 1), (1, 1)`);
	await stack.replication.start(stack.context, limits);
	await db.query(`DELETE FROM bag WHERE d = '2024-00-00' LIMIT 1; UPDATE bag SET d = '2023-00-01' WHERE n = 2;
		INSERT INTO bag VALUES ('0000-00-00', 0, 1); UPDATE zeros SET x = 0e0, n = 2 WHERE x = 0; DELETE FROM zeros WHERE x = 1`);
	await until(async () => (await stack.statistics(`${schema}.zeros`))?.deletes === 1);
	await runJobs(stack);
	const none = { d: null, s: null };
	expect(await currentRows(stack, "bag", ["d", "s", "n"], ["n"])).toEqual([
		...[1, 1, 1].map((n) => ({ ...none, n: `${n}` })),
		{ ...none, n: "2" },
	]);
	expect(await currentRows(stack, "zeros", ["n"], ["n"])).toEqual([{ n: "2" }]);
});

test("keys that only the source tells apart take their table out, loaded or changed; others of their types are keys", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	const [twin, own] = ["_cp932 X'8790'", "_cp932 X'81E0'"];
	await db.query(`SET SESSION sql_mode = '';
		CREATE TABLE loaded_member (k ENUM('', 'a') PRIMARY KEY); INSERT INTO loaded_member VALUES (0), (1);
		CREATE TABLE loaded_set (k SET('a', '') PRIMARY KEY); INSERT INTO loaded_set VALUES (0), (2);
		CREATE TABLE loaded_sign (k VARCHAR(5) CHARACTER SET cp932 PRIMARY KEY); INSERT INTO loaded_sign VALUES (${twin}), (${own});
		CREATE TABLE member (k ENUM('', 'a') PRIMARY KEY); INSERT INTO member VALUES (1), (2);
		CREATE TABLE choice (k SET('a', '') PRIMARY KEY); INSERT INTO choice VALUES (0), (1), (3);
		CREATE TABLE sign (n INT, k CHAR(5) CHARACTER SET cp932, PRIMARY KEY (n, k)); INSERT INTO sign VALUES (1, ${own});
		CREATE TABLE half (k VARCHAR(5) CHARACTER SET ucs2 COLLATE ucs2_bin PRIMARY KEY); INSERT INTO half VALUES ('a');
		CREATE TABLE plain (k ENUM('a') PRIMARY KEY, s VARCHAR(5) CHARACTER SET cp932); INSERT INTO plain VALUES (0, ${twin})`);
	await stack.replication.start(stack.context, limits);
	const refused = (table: string) =>
		until(async () => {
			const found = await stack.statistics(`${schema}.${table}`);
			return (
				found?.state === "Table error" &&
				found.lastError?.includes("its key column k has values that read as the same text")
			);
		});
	for (const table of ["loaded_member", "loaded_set", "loaded_sign"]) await refused(table);
	for (const table of ["member", "choice", "sign", "half", "plain"]) {
		expect(await stack.statistics(`${schema}.${table}`)).toMatchObject({ state: "Table completed" });
	}
	await db.query(`INSERT INTO plain VALUES (1, ${own}); INSERT INTO sign VALUES (2, _cp932 X'FAB1'), (1, 'x');
		INSERT INTO t VALUES (4, 'four')`);
	await shop.changes("inserts", 1);
	expect(await stack.statistics(`${schema}.sign`)).toMatchObject({ state: "Table completed", inserts: 2 });
	expect(await stack.statistics(`${schema}.plain`)).toMatchObject({ state: "Table completed", inserts: 1 });
	await db.query(`INSERT INTO member VALUES (0); INSERT INTO choice VALUES (2); INSERT INTO sign VALUES (1, ${twin});
		INSERT INTO half VALUES (_ucs2 X'D800')`);
	for (const table of ["member", "choice", "sign", "half"]) await refused(table);
	await db.query("DELETE FROM member WHERE k = 0");
	await stack.replication.reload(stack.context, [{ schema, table: "member" }]);
	expect(await stack.statistics(`${schema}.member`)).toMatchObject({ state: "Table completed", fullLoadRows: 2 });
});

test("a column that becomes the key is read again, as it may have what no key has", async ({ shop, db }) => {
	const { stack, schema } = shop;
	await db.query(`SET SESSION sql_mode = '';
		CREATE TABLE zeros (id INT PRIMARY KEY, d DATE NOT NULL); INSERT INTO zeros VALUES (1, '0000-00-00'), (2, '2024-00-00');
		CREATE TABLE days (d DATE NOT NULL, n INT); INSERT INTO days VALUES ('2024-01-01', 1), ('2024-01-02', 2)`);
	await stack.replication.start(stack.context, limits);
	await db.query("ALTER TABLE zeros DROP PRIMARY KEY, ADD PRIMARY KEY (d); ALTER TABLE days ADD PRIMARY KEY (d)");
	await until(async () => {
		const found = await stack.statistics(`${schema}.zeros`);
		return found?.state === "Table error" && found.lastError?.includes("its key column d has a date with");
	});
	await db.query("UPDATE days SET n = 3 WHERE n = 2; INSERT INTO t VALUES (4, 'four')");
	await shop.changes("inserts", 1);
	await runJobs(stack);
	expect(await currentRows(stack, "days", ["n"], ["n"])).toEqual([{ n: "1" }, { n: "3" }]);
});
