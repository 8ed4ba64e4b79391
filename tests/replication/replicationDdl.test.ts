import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { comparePositions } from "../../cli/engines/local/replication/model/position.ts";
import { openSnapshotAfter } from "../../cli/engines/local/replication/mysql/snapshot.ts";
import { currentRows, runJobs } from "../support/currentTables.ts";
import { sourceRows } from "../support/fold.ts";
import { startMariaDb, type TestServer } from "../support/mariadb.ts";
import { makeStack, type TestStack, until } from "../support/replicator.ts";

let server: TestServer;
let db: Connection;
let stack: TestStack;
let number = 0;
/** Table of the test at hand. */
let t: string;

beforeAll(async () => {
	server = await startMariaDb();
	db = await server.connect();
	await db.query(
		"CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE DATABASE unselected; CREATE TABLE shop.first (id INT PRIMARY KEY)",
	);
	stack = await makeStack(server.port, ["shop"]);
	await stack.replication.start(stack.context, { batchInterval: 0.2 });
	await db.query("USE shop");
});

afterAll(async () => {
	await stack?.remove();
	await db?.end();
	await server?.stop();
});

beforeEach(async () => {
	number += 1;
	t = `t${number}`;
	await db.query(`CREATE TABLE ${t} (id INT PRIMARY KEY, a VARCHAR(10), b INT) COMMENT 'joins while changes run'`);
	await db.query(`INSERT INTO ${t} VALUES (1, 'one', 10), (2, 'two', 20)`);
	await applied(t, { inserts: 2 });
});

/** Waits until a table's statistics are at least these. */
function applied(
	table: string,
	wanted: Partial<Record<"inserts" | "updates" | "deletes" | "ddls", number>>,
): Promise<unknown> {
	return until(async () => {
		const found = await stack.statistics(`shop.${table}`);
		return (
			found !== undefined && Object.entries(wanted).every(([name, count]) => Number(found[name as "ddls"]) >= count)
		);
	});
}

/** What a reader makes of a table's raw files: the last row of each key, columns of the newest file. */
async function folded(table: string, columns: string): Promise<unknown[]> {
	const rows = await stack.query(
		`SELECT ${columns} FROM (
			SELECT *, row_number() OVER (PARTITION BY id ORDER BY cdc_change_seq DESC NULLS LAST) AS place FROM {shop/${table}}
		) WHERE place = 1 AND Op <> 'D' AND id IS NOT NULL ORDER BY id`,
	);
	return rows;
}

async function columnsOf(table: string, file: string): Promise<string[]> {
	const rows = await stack.query(
		`SELECT column_name AS name FROM (DESCRIBE SELECT * FROM '${stack.paths.raw}/shop/${table}/${file}')`,
	);
	return rows.map((row) => String(row.name));
}

test("a created table joins, without a load", async () => {
	expect(await folded(t, "id, a, b")).toEqual([
		{ id: 1, a: "one", b: 10 },
		{ id: 2, a: "two", b: 20 },
	]);
	expect((await stack.files("shop", t)).every((file) => /^\d{8}-\d{9}\.parquet$/.test(file))).toBe(true);
});

test("CREATE TABLE … SELECT brings its rows", async () => {
	await db.query(`CREATE TABLE copy_${t} SELECT * FROM ${t}`);
	await applied(`copy_${t}`, { inserts: 2 });
	expect(await stack.query(`SELECT id, a, b FROM {shop/copy_${t}} ORDER BY id`)).toEqual([
		{ id: 1, a: "one", b: 10 },
		{ id: 2, a: "two", b: 20 },
	]);
});

test("an added nullable column starts a new file immediately, even with no row", async () => {
	const before = await stack.files("shop", t);
	await db.query(`ALTER TABLE ${t} ADD COLUMN c DATE NULL /* new */ AFTER a`);
	await applied(t, { ddls: 1 });
	const added = (await stack.files("shop", t)).filter((file) => !before.includes(file));
	expect(added).toHaveLength(1);
	expect(await columnsOf(t, added[0] ?? "")).toEqual([
		"Op",
		"cdc_commit_time",
		"id",
		"a",
		"c",
		"b",
		"cdc_change_seq",
		"BI_id",
	]);
	expect(await stack.query(`SELECT * FROM '${stack.paths.raw}/shop/${t}/${added[0]}'`)).toEqual([]);
	await db.query(`INSERT INTO ${t} VALUES (3, 'three', '2024-01-02', 30)`);
	await applied(t, { inserts: 3 });
	expect(await folded(t, "id, a, CAST(c AS VARCHAR) AS c, b")).toEqual([
		{ id: 1, a: "one", c: null, b: 10 },
		{ id: 2, a: "two", c: null, b: 20 },
		{ id: 3, a: "three", c: "2024-01-02", b: 30 },
	]);
});

test("a dropped and a renamed column start a new file", async () => {
	await db.query(`ALTER TABLE ${t} DROP COLUMN b`);
	await applied(t, { ddls: 1 });
	await db.query(`ALTER TABLE ${t} RENAME COLUMN a TO title`);
	await applied(t, { ddls: 2 });
	await db.query(`UPDATE ${t} SET title = 'TWO' WHERE id = 2`);
	await applied(t, { updates: 1 });
	const files = await stack.files("shop", t);
	expect(await Promise.all(files.slice(-3).map((file) => columnsOf(t, file)))).toEqual([
		["Op", "cdc_commit_time", "id", "a", "cdc_change_seq", "BI_id"],
		["Op", "cdc_commit_time", "id", "title", "cdc_change_seq", "BI_id"],
		["Op", "cdc_commit_time", "id", "title", "cdc_change_seq", "BI_id"],
	]);
	expect(files.some((file) => file.startsWith("LOAD"))).toBe(false);
});

test.each([
	[
		"a type change",
		"MODIFY b BIGINT",
		"id, a, b",
		[
			{ id: 1, a: "one", b: 10n },
			{ id: 2, a: "two", b: 20n },
		],
	],
	[
		"a column with a default",
		"ADD COLUMN d INT NOT NULL DEFAULT 7",
		"id, d",
		[
			{ id: 1, d: 7 },
			{ id: 2, d: 7 },
		],
	],
	[
		"a generated column",
		"ADD COLUMN g INT AS (b * 2) STORED",
		"id, g",
		[
			{ id: 1, g: 20 },
			{ id: 2, g: 40 },
		],
	],
	[
		"a column dropped and added again",
		"DROP COLUMN b, ADD COLUMN b INT NULL",
		"id, b",
		[
			{ id: 1, b: null },
			{ id: 2, b: null },
		],
	],
	[
		"two columns that swap their names",
		"CHANGE a b VARCHAR(10), CHANGE b a INT",
		"id, a, b",
		[
			{ id: 1, a: 10, b: "one" },
			{ id: 2, a: 20, b: "two" },
		],
	],
])("%s reloads the table", async (_, change, columns, rows) => {
	await db.query(`ALTER TABLE ${t} ${change}`);
	await until(async () => (await stack.files("shop", t)).includes("LOAD00000001.parquet"));
	expect(await stack.files("shop", t)).toEqual(["LOAD00000001.parquet"]);
	expect(await folded(t, columns)).toEqual(rows);
	await db.query(`DELETE FROM ${t} WHERE id = 1`);
	await applied(t, { deletes: 1 });
	expect(await folded(t, columns)).toEqual(rows.slice(1));
});

test("an ALTER that leaves columns alone is only counted", async () => {
	const before = await stack.files("shop", t);
	await db.query(`ALTER TABLE \`shop\`.${t} ADD INDEX by_a (a), COMMENT = 'DROP COLUMN a, b'`);
	await applied(t, { ddls: 1 });
	expect(await stack.files("shop", t)).toEqual(before);
});

test("several ALTERs that are read late end right", async () => {
	await stack.replication.stop(stack.context);
	await db.query(`ALTER TABLE ${t} DROP COLUMN b`);
	await db.query(`INSERT INTO ${t} VALUES (3, 'three')`);
	await db.query(`ALTER TABLE ${t} ADD COLUMN b INT NULL`);
	await db.query(`INSERT INTO ${t} VALUES (4, 'four', 40)`);
	await stack.replication.start(stack.context, { batchInterval: 0.2 });
	await applied(t, { ddls: 2 });
	await until(async () => (await folded(t, "id")).length === 4);
	expect(await folded(t, "id, a, b")).toEqual([
		{ id: 1, a: "one", b: null },
		{ id: 2, a: "two", b: null },
		{ id: 3, a: "three", b: null },
		{ id: 4, a: "four", b: 40 },
	]);
});

test("TRUNCATE leaves one file of no rows, and what comes after it", async () => {
	await db.query(`TRUNCATE TABLE ${t}`);
	await applied(t, { ddls: 1 });
	const files = await stack.files("shop", t);
	expect(files).toHaveLength(1);
	expect(await stack.query(`SELECT * FROM {shop/${t}}`)).toEqual([]);
	await db.query(`INSERT INTO ${t} VALUES (9, 'nine', 90)`);
	await applied(t, { inserts: 3 });
	expect(await folded(t, "id, a, b")).toEqual([{ id: 9, a: "nine", b: 90 }]);
	expect((await stack.files("shop", t))[0]).toBe(files[0]);
});

test("DROP of several tables removes their folders; a table of the same name starts over", async () => {
	await db.query(`CREATE TABLE other_${t} (id INT PRIMARY KEY); INSERT INTO other_${t} VALUES (1)`);
	await applied(`other_${t}`, { inserts: 1 });
	await db.query(`DROP TABLE IF EXISTS \`${t}\`, shop.other_${t}, no_such_table`);
	await until(async () => (await stack.statistics(`shop.${t}`)) === undefined);
	expect(await stack.files("shop", t)).toEqual([]);
	expect(await stack.files("shop", `other_${t}`)).toEqual([]);
	await db.query(`CREATE TABLE ${t} (id INT PRIMARY KEY, other TEXT); INSERT INTO ${t} VALUES (5, 'five')`);
	await applied(t, { inserts: 1 });
	expect(await stack.query(`SELECT id, other FROM {shop/${t}}`)).toEqual([{ id: 5, other: "five" }]);
});

test("a renamed table is loaded under its new name; one that leaves the schema is gone", async () => {
	await db.query(`RENAME TABLE ${t} TO new_${t}`);
	await until(async () => (await stack.statistics(`shop.new_${t}`)) !== undefined);
	expect(await stack.files("shop", t)).toEqual([]);
	expect(await folded(`new_${t}`, "id, a, b")).toEqual([
		{ id: 1, a: "one", b: 10 },
		{ id: 2, a: "two", b: 20 },
	]);
	await db.query(`ALTER TABLE new_${t} RENAME TO unselected.${t}`);
	await until(async () => (await stack.statistics(`shop.new_${t}`)) === undefined);
	expect(await stack.files("shop", `new_${t}`)).toEqual([]);
});

test("tables swapped by RENAME, as online schema changes do it, end with the new one's rows", async () => {
	await db.query(`CREATE TABLE shadow_${t} LIKE ${t}; INSERT INTO shadow_${t} SELECT id, UPPER(a), b + 1 FROM ${t}`);
	await db.query(`RENAME TABLE ${t} TO old_${t}, shadow_${t} TO ${t}`);
	await until(async () => (await stack.statistics(`shop.old_${t}`)) !== undefined);
	await until(async () => (await folded(t, "a")).length === 2);
	expect(await folded(t, "id, a, b")).toEqual([
		{ id: 1, a: "ONE", b: 11 },
		{ id: 2, a: "TWO", b: 21 },
	]);
});

test("statement-based changes load the tables they name", async () => {
	await db.query(`SET SESSION binlog_format = STATEMENT`);
	await db.query(`UPDATE ${t} SET b = b + 1`);
	await db.query(`SET SESSION binlog_format = ROW`);
	await until(async () => (await stack.files("shop", t)).includes("LOAD00000001.parquet"));
	expect(await folded(t, "id, b")).toEqual([
		{ id: 1, b: 11 },
		{ id: 2, b: 21 },
	]);
});

test("a load waits until what was read of the binlog is there for readers", async () => {
	const [[status]] = (await db.query("SHOW MASTER STATUS")) as unknown as [{ File: string; Position: number }[]];
	const connections = async (): Promise<number> => {
		const [[row]] = (await db.query("SHOW GLOBAL STATUS LIKE 'Connections'")) as unknown as [{ Value: string }[]];
		return Number(row?.Value);
	};
	const access = { host: "127.0.0.1", port: server.port, user: "root", password: "", tls: false, schemas: ["shop"] };
	const read = { file: status?.File ?? "", offset: Number(status?.Position) + 1 };
	const before = await connections();
	const opening = openSnapshotAfter(read, access, [{ schema: "shop", table: t }], new AbortController().signal);
	await until(async () => (await connections()) > before + 2);
	await db.query(`UPDATE ${t} SET b = 12 WHERE id = 1`);
	const { server: seen, position } = await opening;
	expect(comparePositions(position, read)).toBeGreaterThan(0);
	expect(await seen.rows(`SELECT b FROM shop.${t} WHERE id = 1`)).toEqual([{ b: 12 }]);
	await seen.close();
});

test("rolled back changes leave no row, savepoints and XA transactions only what was committed", async () => {
	await db.query(`BEGIN; INSERT INTO ${t} VALUES (50, 'no', 0); ROLLBACK`);
	await db.query(
		`BEGIN; INSERT INTO ${t} VALUES (51, 'yes', 0); SAVEPOINT s; INSERT INTO ${t} VALUES (52, 'no', 0); ROLLBACK TO s; COMMIT`,
	);
	const other = await server.connect();
	await other.query("USE shop");
	await other.query(
		`XA START 'x1'; INSERT INTO ${t} VALUES (53, 'no', 0); XA END 'x1'; XA PREPARE 'x1'; XA ROLLBACK 'x1'`,
	);
	await other.query(`XA START 'x2'; INSERT INTO ${t} VALUES (54, 'yes', 0); XA END 'x2'; XA PREPARE 'x2'`);
	await db.query(`CREATE TABLE marker_${t} (id INT PRIMARY KEY); INSERT INTO marker_${t} VALUES (1)`);
	await applied(`marker_${t}`, { inserts: 1 });
	expect((await folded(t, "id")).map((row) => (row as { id: number }).id)).toEqual([1, 2, 51]);
	await other.query("XA COMMIT 'x2'");
	await other.end();
	await until(async () => (await folded(t, "id")).length === 4);
	expect((await folded(t, "id")).map((row) => (row as { id: number }).id)).toEqual([1, 2, 51, 54]);
});

test("the jobs take every change of a table through to the current tables", async () => {
	const expectCurrent = async (table: string, columns: string[]): Promise<void> => {
		const source = await sourceRows(db, `SELECT ${columns.join(", ")} FROM ${table} ORDER BY id`);
		expect(await currentRows(stack, table, columns, ["id"])).toEqual(source);
	};
	let markers = 0;
	const run = async (): Promise<void> => {
		markers += 1;
		await db.query(`INSERT INTO marker2_${t} VALUES (${markers})`);
		await applied(`marker2_${t}`, { inserts: markers });
		await runJobs(stack);
	};
	await db.query(
		`CREATE TABLE marker2_${t} (id INT PRIMARY KEY);
		CREATE TABLE cleared_${t} LIKE ${t}; INSERT INTO cleared_${t} SELECT * FROM ${t};
		CREATE TABLE gone_${t} LIKE ${t}; INSERT INTO gone_${t} SELECT * FROM ${t}; UPDATE gone_${t} SET b = 0`,
	);
	await run();
	for (const table of [t, `cleared_${t}`, `gone_${t}`]) await expectCurrent(table, ["id", "a", "b"]);

	await db.query(
		`ALTER TABLE ${t} ADD COLUMN c DATE NULL AFTER a; INSERT INTO ${t} VALUES (3, 'three', '2024-02-29', 30);
		ALTER TABLE ${t} DROP COLUMN b; UPDATE ${t} SET c = '2025-01-01' WHERE id = 1;
		ALTER TABLE ${t} RENAME COLUMN a TO title; UPDATE ${t} SET title = 'TWO' WHERE id = 2; DELETE FROM ${t} WHERE id = 1;
		TRUNCATE TABLE cleared_${t}; INSERT INTO cleared_${t} VALUES (7, 'seven', 70);
		DROP TABLE gone_${t};
		CREATE TABLE later_${t} (id INT PRIMARY KEY, x VARCHAR(5)); INSERT INTO later_${t} VALUES (1, 'x'), (2, NULL)`,
	);
	await run();
	await expectCurrent(t, ["id", "title", "c"]);
	await expectCurrent(`cleared_${t}`, ["id", "a", "b"]);
	await expectCurrent(`later_${t}`, ["id", "x"]);
	expect(await currentRows(stack, `gone_${t}`, ["id"], ["id"])).toEqual([]);

	await db.query(
		`ALTER TABLE ${t} ADD COLUMN d INT NOT NULL DEFAULT 7; UPDATE ${t} SET d = 8 WHERE id = 3;
		TRUNCATE TABLE cleared_${t};
		CREATE TABLE gone_${t} (id INT PRIMARY KEY, other TEXT); INSERT INTO gone_${t} VALUES (5, 'five');
		DROP TABLE later_${t}`,
	);
	await run();
	await expectCurrent(t, ["id", "title", "c", "d"]);
	await expectCurrent(`gone_${t}`, ["id", "other"]);
	expect(await currentRows(stack, `cleared_${t}`, ["id"], ["id"])).toEqual([]);
	expect(await currentRows(stack, `later_${t}`, ["id"], ["id"])).toEqual([]);
});

test("DROP DATABASE removes all of its tables", async () => {
	await db.query(
		"CREATE DATABASE IF NOT EXISTS shop2; DROP DATABASE shop; CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop",
	);
	await until(async () => (await stack.replication.tables()).length === 0);
	expect(await stack.files("shop", t)).toEqual([]);
	await db.query(`CREATE TABLE ${t} (id INT PRIMARY KEY); INSERT INTO ${t} VALUES (1)`);
	await applied(t, { inserts: 1 });
});
