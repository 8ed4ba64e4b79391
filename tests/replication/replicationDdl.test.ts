import { copyFile } from "node:fs/promises";
import { expect } from "vitest";
import { test } from "../support/ddlFixtures.ts";
import { until } from "../support/replicator.ts";
import { isMySql } from "../support/servers/source.ts";

test("a created table joins, without a load", async ({ t, stack, folded }) => {
	expect(await folded(t, "id, a, b")).toEqual([
		{ id: 1, a: "one", b: 10 },
		{ id: 2, a: "two", b: 20 },
	]);
	expect((await stack.files("shop", t)).every((file) => /^\d{8}-\d{9}\.parquet$/.test(file))).toBe(true);
});

test("CREATE TABLE … SELECT brings its rows", async ({ t, db, stack, applied }) => {
	await db.query(`CREATE TABLE copy_${t} SELECT * FROM ${t}`);
	await applied(`copy_${t}`, { inserts: 2 });
	expect(await stack.query(`SELECT id, a, b FROM {shop/copy_${t}} ORDER BY id`)).toEqual([
		{ id: 1, a: "one", b: 10 },
		{ id: 2, a: "two", b: 20 },
	]);
});

test("an added nullable column starts a new file immediately, even with no row", async ({
	t,
	db,
	stack,
	applied,
	folded,
	columnsOf,
}) => {
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

test("a dropped and a renamed column start a new file", async ({ t, db, stack, applied, columnsOf }) => {
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

test.for<[what: string, change: string, columns: string, rows: object[]]>([
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
])("%s reloads the table", async ([, change, columns, rows], { t, db, stack, applied, folded }) => {
	await db.query(`ALTER TABLE ${t} ${change}`);
	await until(async () => (await stack.files("shop", t)).includes("LOAD00000001.parquet"));
	expect(await stack.files("shop", t)).toEqual(["LOAD00000001.parquet"]);
	expect(await folded(t, columns)).toEqual(rows);
	await db.query(`DELETE FROM ${t} WHERE id = 1`);
	await applied(t, { deletes: 1 });
	expect(await folded(t, columns)).toEqual(rows.slice(1));
});

test("an ALTER that leaves columns alone is only counted", async ({ t, db, stack, applied }) => {
	const before = await stack.files("shop", t);
	await db.query(`ALTER TABLE \`shop\`.${t} ADD INDEX by_a (a), COMMENT = 'DROP COLUMN a, b'`);
	await applied(t, { ddls: 1 });
	expect(await stack.files("shop", t)).toEqual(before);
});

test("several ALTERs that are read late end right", async ({ t, db, stack, applied, folded }) => {
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

test("a table without its tablespace is in error, alone, until it has one again", async ({
	t,
	db,
	stack,
	applied,
	settle,
	fileFolder,
}) => {
	const place = `${fileFolder}/server/data/shop`;
	await db.query(`FLUSH TABLES ${t} FOR EXPORT`);
	for (const end of ["ibd", "cfg"]) await copyFile(`${place}/${t}.${end}`, `${fileFolder}/${t}.${end}`);
	await db.query("UNLOCK TABLES");
	await db.query(`ALTER TABLE ${t} DISCARD TABLESPACE`);
	await until(async () => (await stack.statistics(`shop.${t}`))?.state === "Table error");
	await settle();
	for (const end of ["ibd", "cfg"]) await copyFile(`${fileFolder}/${t}.${end}`, `${place}/${t}.${end}`);
	await db.query(`ALTER TABLE ${t} IMPORT TABLESPACE`);
	await until(async () => (await stack.statistics(`shop.${t}`))?.state === "Table completed");
	await db.query(`INSERT INTO ${t} (id, a, b) VALUES (9, 'nine', 90)`);
	await applied(t, { inserts: 3 });
	expect(await stack.query(`SELECT id FROM {shop/${t}} ORDER BY id`)).toEqual([{ id: 1 }, { id: 2 }, { id: 9 }]);
});

test.runIf(isMySql)(
	"a partition that comes back with another tablespace has the rows of that",
	async ({ t, db, stack, settle, folded, fileFolder }) => {
		const table = `parted_${t}`;
		const place = `${fileFolder}/server/data/shop`;
		const files = ["ibd", "cfg"].map((end) => `${table}#p#p0.${end}`);
		await db.query(`CREATE TABLE ${table} (id INT PRIMARY KEY, v INT) PARTITION BY RANGE (id)
				(PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN MAXVALUE);
			INSERT INTO ${table} VALUES (1, 1), (100, 100); FLUSH TABLES ${table} FOR EXPORT`);
		for (const file of files) await copyFile(`${place}/${file}`, `${fileFolder}/${file}`);
		await db.query(
			`UNLOCK TABLES; DELETE FROM ${table} WHERE id = 1; ALTER TABLE ${table} DISCARD PARTITION p0 TABLESPACE`,
		);
		await until(async () => (await stack.statistics(`shop.${table}`))?.state === "Table error");
		for (const file of files) await copyFile(`${fileFolder}/${file}`, `${place}/${file}`);
		await db.query(`ALTER TABLE ${table} IMPORT PARTITION p0 TABLESPACE; UPDATE ${table} SET v = 11 WHERE id = 1`);
		await settle();
		expect(await folded(table, "id, v")).toEqual([
			{ id: 1, v: 11 },
			{ id: 100, v: 100 },
		]);
	},
);

test("a created table is there with its columns before it has a row", async ({ t, db, stack }) => {
	await db.query(`CREATE TABLE hollow_${t} (id INT PRIMARY KEY, day DATE)`);
	await until(async () => (await stack.files("shop", `hollow_${t}`)).length > 0);
	const columns = await stack.query(
		`SELECT column_name AS name FROM (DESCRIBE SELECT id, day FROM {shop/hollow_${t}})`,
	);
	expect(columns).toEqual([{ name: "id" }, { name: "day" }]);
	expect(await stack.query(`SELECT * FROM {shop/hollow_${t}}`)).toEqual([]);
	await db.query(`INSERT INTO hollow_${t} VALUES (1, '2026-11-29')`);
	await until(async () => (await stack.query(`SELECT id FROM {shop/hollow_${t}}`)).length === 1);
});
