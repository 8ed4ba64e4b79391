import { expect } from "vitest";
import { comparePositions } from "../../cli/engines/local/replication/model/position.ts";
import { openSnapshotAfter } from "../../cli/engines/local/replication/mysql/snapshot.ts";
import { currentRows, runJobs } from "../support/currentTables.ts";
import { test } from "../support/ddlFixtures.ts";
import { sourceRows } from "../support/fold.ts";
import { until } from "../support/replicator.ts";
import { binlogStatus } from "../support/servers/source.ts";

test("TRUNCATE leaves one file of no rows, and what comes after it", async ({ t, db, stack, applied, folded }) => {
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

test("DROP of several tables removes their folders; a table of the same name starts over", async ({
	t,
	db,
	stack,
	applied,
}) => {
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

test("a renamed table is loaded under its new name; one that leaves the schema is gone", async ({
	t,
	db,
	stack,
	folded,
}) => {
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

test("tables swapped by RENAME, as online schema changes do it, end with the new one's rows", async ({
	t,
	db,
	stack,
	folded,
}) => {
	await db.query(`CREATE TABLE shadow_${t} LIKE ${t}; INSERT INTO shadow_${t} SELECT id, UPPER(a), b + 1 FROM ${t}`);
	await db.query(`RENAME TABLE ${t} TO old_${t}, shadow_${t} TO ${t}`);
	await until(async () => (await stack.statistics(`shop.old_${t}`)) !== undefined);
	await until(async () => (await folded(t, "a")).length === 2);
	expect(await folded(t, "id, a, b")).toEqual([
		{ id: 1, a: "ONE", b: 11 },
		{ id: 2, a: "TWO", b: 21 },
	]);
});

test("statement-based changes load all tables, as a trigger may have changed any", async ({ t, db, stack, folded }) => {
	await db.query(`SET SESSION binlog_format = STATEMENT`);
	await db.query(`UPDATE ${t} SET b = b + 1`);
	await db.query(`SET SESSION binlog_format = ROW`);
	await until(async () => (await stack.files("shop", t)).includes("LOAD00000001.parquet"));
	expect(await folded(t, "id, b")).toEqual([
		{ id: 1, b: 11 },
		{ id: 2, b: 21 },
	]);
});

test("a load waits until what was read of the binlog is there for readers", async ({ t, db, server }) => {
	const [[status]] = (await db.query(binlogStatus)) as unknown as [{ File: string; Position: number }[]];
	const connections = async (): Promise<number> => {
		const [[row]] = (await db.query("SHOW GLOBAL STATUS LIKE 'Connections'")) as unknown as [{ Value: string }[]];
		return Number(row?.Value);
	};
	const access = {
		host: "127.0.0.1",
		port: server.port,
		user: "root",
		password: "",
		tls: "DISABLED" as const,
		schemas: ["shop"],
	};
	const read = { file: status?.File ?? "", offset: Number(status?.Position) + 1 };
	const before = await connections();
	const opening = openSnapshotAfter(read, access, [{ schema: "shop", table: t }], new AbortController().signal);
	await until(async () => (await connections()) > before + 2);
	await db.query(`UPDATE ${t} SET b = 12 WHERE id = 1`);
	const { readers, position, destroy } = await opening;
	const [{ server: seen }] = readers;
	expect(comparePositions(position, read)).toBeGreaterThan(0);
	expect(await seen.rows(`SELECT b FROM shop.${t} WHERE id = 1`)).toEqual([{ b: 12 }]);
	destroy();
});

test("rolled back changes leave no row, savepoints and XA transactions only what was committed", async ({
	t,
	db,
	server,
	applied,
	folded,
}) => {
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
	// Not immediately: the load of all tables that an earlier test asked for may just replace this one's files.
	const ids = async (): Promise<number[]> => (await folded(t, "id")).map((row) => (row as { id: number }).id);
	await expect.poll(ids, { timeout: 60_000 }).toEqual([1, 2, 51]);
	await other.query("XA COMMIT 'x2'");
	await other.end();
	await expect.poll(ids, { timeout: 60_000 }).toEqual([1, 2, 51, 54]);
});

test("the jobs take every change of a table through to the current tables", async ({ t, db, stack, applied }) => {
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
		CREATE TABLE later_${t} (id INT PRIMARY KEY, x VARCHAR(5)); INSERT INTO later_${t} VALUES (1, 'x'), (2, NULL);
		CREATE TABLE hollow_${t} (id INT PRIMARY KEY, y DATE)`,
	);
	await run();
	await expectCurrent(t, ["id", "title", "c"]);
	await expectCurrent(`cleared_${t}`, ["id", "a", "b"]);
	await expectCurrent(`later_${t}`, ["id", "x"]);
	// One that has no row is there, too.
	await expectCurrent(`hollow_${t}`, ["id", "y"]);
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

test("DROP DATABASE removes all of its tables", async ({ t, db, stack, applied }) => {
	await db.query(
		"CREATE DATABASE IF NOT EXISTS shop2; DROP DATABASE shop; CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop",
	);
	await until(async () => (await stack.replication.tables()).length === 0);
	expect(await stack.files("shop", t)).toEqual([]);
	await db.query(`CREATE TABLE ${t} (id INT PRIMARY KEY); INSERT INTO ${t} VALUES (1)`);
	await applied(t, { inserts: 1 });
});
