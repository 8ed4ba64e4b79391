import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { test } from "../support/ddlFixtures.ts";
import { foldAsBag } from "../support/fold.ts";
import { isMySql } from "../support/servers/source.ts";

/** Runs statements in a session that logs them and not their rows. */
async function byStatement(db: Connection, sql: string): Promise<void> {
	await db.query("SET SESSION binlog_format = STATEMENT");
	try {
		await db.query(sql);
	} finally {
		await db.query("SET SESSION binlog_format = ROW");
	}
}

test("rows that a function writes are found, though its session logs statements", async ({ t, db, settle, folded }) => {
	await db.query(`CREATE FUNCTION add_${t}(n INT) RETURNS INT MODIFIES SQL DATA
		BEGIN INSERT INTO ${t} VALUES (n, 'function', n); RETURN n; END`);
	await byStatement(db, `SELECT add_${t}(5); DO add_${t}(6); SET @unused = add_${t}(7)`);
	await settle();
	expect(await folded(t, "id, a, b")).toEqual([
		{ id: 1, a: "one", b: 10 },
		{ id: 2, a: "two", b: 20 },
		...[5, 6, 7].map((n) => ({ id: n, a: "function", b: n })),
	]);
});

test("rows that a trigger, a view and a procedure write are found, though their session logs statements", async ({
	t,
	db,
	settle,
	folded,
}) => {
	await db.query(`CREATE TABLE audit_${t} (id INT PRIMARY KEY, v INT); CREATE VIEW view_${t} AS SELECT * FROM ${t};
		CREATE TRIGGER trigger_${t} AFTER UPDATE ON ${t} FOR EACH ROW INSERT INTO audit_${t} VALUES (NEW.id, NEW.b);
		CREATE PROCEDURE procedure_${t}() INSERT INTO ${t} VALUES (8, 'procedure', 8)`);
	await settle();
	await byStatement(db, `UPDATE view_${t} SET b = b + 1; CALL procedure_${t}()`);
	await settle();
	expect(await folded(t, "id, b")).toEqual([
		{ id: 1, b: 11 },
		{ id: 2, b: 21 },
		{ id: 8, b: 8 },
	]);
	expect(await folded(`audit_${t}`, "id, v")).toEqual([
		{ id: 1, v: 11 },
		{ id: 2, v: 21 },
	]);
	await db.query(`DROP TRIGGER trigger_${t}`);
});

test("rows that triggers write, here, elsewhere and in chains, arrive once where rows are logged", async ({
	t,
	db,
	stack,
	settle,
	folded,
}) => {
	await db.query(`CREATE TABLE audit_${t} (what VARCHAR(10), id INT, b INT); CREATE TABLE counts_${t} (id INT PRIMARY KEY, n INT);
		CREATE TABLE unselected.log_${t} (id INT); CREATE TABLE from_${t} (id INT PRIMARY KEY);
		INSERT INTO counts_${t} VALUES (1, 0);
		CREATE USER IF NOT EXISTS definer@localhost; GRANT ALL ON *.* TO definer@localhost;
		CREATE TRIGGER own_${t} BEFORE UPDATE ON ${t} FOR EACH ROW SET NEW.b = NEW.b * 2;
		CREATE TRIGGER new_${t} BEFORE INSERT ON ${t} FOR EACH ROW SET NEW.a = UPPER(NEW.a);
		CREATE DEFINER = definer@localhost TRIGGER after_${t} AFTER UPDATE ON ${t} FOR EACH ROW BEGIN
			INSERT INTO audit_${t} VALUES ('after', NEW.id, NEW.b); INSERT INTO unselected.log_${t} VALUES (NEW.id); END;
		CREATE TRIGGER gone_${t} AFTER DELETE ON ${t} FOR EACH ROW INSERT INTO audit_${t} VALUES ('gone', OLD.id, OLD.b);
		CREATE TRIGGER chain_${t} AFTER INSERT ON audit_${t} FOR EACH ROW UPDATE counts_${t} SET n = n + 1;
		CREATE TRIGGER unselected.from_${t} AFTER INSERT ON unselected.log_${t} FOR EACH ROW INSERT INTO shop.from_${t} VALUES (NEW.id + 100)`);
	await db.query(`UPDATE ${t} SET b = b + 1 WHERE id <= 2; INSERT INTO ${t} VALUES (3, 'three', 1); DELETE FROM ${t} WHERE id = 2;
		BEGIN; UPDATE ${t} SET b = 5 WHERE id = 3; ROLLBACK; INSERT INTO unselected.log_${t} VALUES (9)`);
	await settle();
	expect(await folded(t, "id, a, b")).toEqual([
		{ id: 1, a: "one", b: 22 },
		{ id: 3, a: "THREE", b: 1 },
	]);
	expect(
		await stack.query(`SELECT Op, what, id, b FROM {shop/audit_${t}} WHERE Op IS NOT NULL ORDER BY cdc_change_seq`),
	).toEqual(
		[
			["after", 1, 22],
			["after", 2, 42],
			["gone", 2, 42],
		].map(([what, id, b]) => ({ Op: "I", what, id, b })),
	);
	expect(await folded(`counts_${t}`, "id, n")).toEqual([{ id: 1, n: 3 }]);
	expect(await folded(`from_${t}`, "id")).toEqual([101, 102, 109].map((id) => ({ id })));
	for (const table of [t, `audit_${t}`, `counts_${t}`, `from_${t}`]) {
		expect(await stack.files("shop", table)).not.toContain("LOAD00000001.parquet");
	}
	await db.query(`DROP TRIGGER own_${t}; DROP TRIGGER new_${t}; DROP TRIGGER after_${t}; DROP TRIGGER gone_${t}`);
});

test.for(["ROW", "STATEMENT"])(
	"LOAD DATA of a session with binlog_format = %s brings its rows",
	async (format, { t, db, folder, settle, folded }) => {
		const file = join(folder, "rows.csv");
		await writeFile(file, "50,fifty,500\n51,\\N,510\n2,TWO,200\n", { mode: 0o644 });
		const load = `LOAD DATA INFILE '${file}' REPLACE INTO TABLE ${t} FIELDS TERMINATED BY ','`;
		await (format === "ROW" ? db.query(load) : byStatement(db, load));
		await settle();
		expect(await folded(t, "id, a, b")).toEqual([
			{ id: 1, a: "one", b: 10 },
			{ id: 2, a: "TWO", b: 200 },
			{ id: 50, a: "fifty", b: 500 },
			{ id: 51, a: null, b: 510 },
		]);
	},
);

test.for<[charset: string, name: string]>([
	["LATIN1_SWEDISH_CI", "café"],
	// Its second byte is that of a backslash.
	["GBK_CHINESE_CI", "誠"],
	["SJIS_JAPANESE_CI", "表"],
])(
	"statements of a client of %s name %s as the client means it",
	async ([charset, name], { t, db, server, stack, settle, folded }) => {
		const table = `${name}_${t}`;
		const client = await server.connect({ charset, database: "shop" });
		await client.query(`CREATE TABLE \`${table}\` (id INT PRIMARY KEY, \`${name}\` VARCHAR(10) CHARACTER SET utf8mb4)`);
		await client.query(`INSERT INTO \`${table}\` VALUES (1, '${name}')`);
		await settle();
		expect(await folded(table, `id, "${name}"`)).toEqual([{ id: 1, [name]: name }]);
		await client.query(`TRUNCATE TABLE \`${table}\``);
		await client.query(`INSERT INTO \`${table}\` VALUES (2, '\\'${name}')`);
		await settle();
		expect(await folded(table, `id, "${name}"`)).toEqual([{ id: 2, [name]: `'${name}` }]);
		await client.query(`ALTER TABLE \`${table}\` ADD COLUMN n INT DEFAULT 7 COMMENT '${name}'`);
		await settle();
		expect(await folded(table, "id, n")).toEqual([{ id: 2, n: 7 }]);
		await client.query(`RENAME TABLE \`${table}\` TO \`${table}2\``);
		await settle();
		expect(await stack.files("shop", table)).toEqual([]);
		expect(await folded(`${table}2`, "id, n")).toEqual([{ id: 2, n: 7 }]);
		await db.query(`DROP TABLE \`${table}2\``);
		await settle();
		expect(await stack.files("shop", `${table}2`)).toEqual([]);
		await client.end();
	},
);

test("statements of a client that says nothing of its character set are in UTF-8", async ({
	t,
	db,
	server,
	settle,
	folded,
}) => {
	const table = `é_${t}`;
	await db.query(`CREATE TABLE \`${table}\` (id INT PRIMARY KEY); INSERT INTO \`${table}\` VALUES (1)`);
	await settle();
	const client = await server.connect({ charset: "BINARY", database: "shop" });
	// The driver sends each character as one byte then.
	const sql = Buffer.from(`TRUNCATE TABLE \`${table}\`; INSERT INTO \`${table}\` VALUES (2)`);
	await client.query(sql.toString("latin1"));
	await client.end();
	await settle();
	expect(await folded(table, "id")).toEqual([{ id: 2 }]);
});

test("statements are read by the sql_mode of their session", async ({ t, db, server, stack, settle, folded }) => {
	const client = await server.connect({ database: "shop" });
	await client.query("SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
	await client.query(`ALTER TABLE "${t}" COMMENT = 'c:\\', DROP "b", ADD "c""" INT DEFAULT 7 COMMENT ', DROP a'`);
	await settle();
	expect(await folded(t, `id, a, "c"""`)).toEqual([
		{ id: 1, a: "one", 'c"': 7 },
		{ id: 2, a: "two", 'c"': 7 },
	]);
	await client.query(`TRUNCATE TABLE "${t}"`);
	await settle();
	expect(await folded(t, "id")).toEqual([]);
	await client.query(`INSERT INTO "${t}" VALUES (3, 'c:\\', 8)`);
	await client.query(`RENAME TABLE "${t}" TO "${t}""n"`);
	await settle();
	expect(await stack.files("shop", t)).toEqual([]);
	expect((await db.query("SHOW TABLES LIKE '%\"n'"))[0]).toHaveLength(1);
	expect(await stack.statistics(`shop.${t}"n`)).toMatchObject({ state: "Table completed", fullLoadRows: 1 });
	await client.end();
});

test("EXCHANGE PARTITION exchanges the rows of both tables", async ({ t, db, settle, folded }) => {
	await db.query(`CREATE TABLE parted_${t} (id INT PRIMARY KEY, v INT) PARTITION BY RANGE (id)
			(PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN MAXVALUE);
		CREATE TABLE plain_${t} (id INT PRIMARY KEY, v INT);
		INSERT INTO parted_${t} VALUES (1, 1), (100, 100); INSERT INTO plain_${t} VALUES (2, 2), (3, 3)`);
	await settle();
	await db.query(`ALTER TABLE parted_${t} EXCHANGE PARTITION p0 WITH TABLE plain_${t}`);
	await db.query(`UPDATE plain_${t} SET v = 11 WHERE id = 1`);
	await settle();
	expect(await folded(`parted_${t}`, "id, v")).toEqual([2, 3, 100].map((id) => ({ id, v: id })));
	expect(await folded(`plain_${t}`, "id, v")).toEqual([{ id: 1, v: 11 }]);
});

test.for<[name: string, sql: (table: string) => string]>([
	["REPAIR TABLE", (table) => `REPAIR TABLE ${table}`],
	["REPAIR PARTITION", (table) => `ALTER TABLE ${table} REPAIR PARTITION ALL`],
	["an INSERT by statement, after which every table is loaded", () => "INSERT INTO first VALUES (1)"],
])("what %s brings back without an event is loaded", async ([name, sql], { t, db, settle, folded }) => {
	const table = `quiet_${t}`;
	const parts = name === "REPAIR PARTITION" ? "PARTITION BY HASH (id) PARTITIONS 2" : "ENGINE = MyISAM";
	await db.query(
		`CREATE TABLE ${table} (id INT PRIMARY KEY, a INT) ${parts}; INSERT INTO ${table} VALUES (1, 1), (2, 2)`,
	);
	await settle();
	await db.query(`SET SESSION sql_log_bin = OFF; UPDATE ${table} SET a = 11 WHERE id = 1; DELETE FROM ${table} WHERE id = 2;
		INSERT INTO ${table} VALUES (3, 3); SET SESSION sql_log_bin = ON`);
	await byStatement(db, sql(table));
	await settle();
	expect(await folded(table, "id, a")).toEqual([
		{ id: 1, a: 11 },
		{ id: 3, a: 3 },
	]);
});

test("a UNIQUE index without nulls is the key while it is there, in loads and changes", async ({
	t,
	db,
	stack,
	settle,
	columnsOf,
}) => {
	const table = `unique_${t}`;
	const rows = () => foldAsBag(stack, `shop/${table}`, ["id", "u"]);
	await db.query(`CREATE TABLE ${table} (id INT, u INT NOT NULL, w INT NOT NULL, UNIQUE KEY (u), UNIQUE KEY (w, u));
		INSERT INTO ${table} VALUES (1, 1, 1), (2, 2, 2)`);
	await settle();
	await stack.replication.reload(stack.context, [{ schema: "shop", table }]);
	await db.query(`UPDATE ${table} SET id = id + 10`);
	await settle();
	for (const file of await stack.files("shop", table)) {
		expect((await columnsOf(table, file)).filter((name) => name.startsWith("BI_"))).toEqual(["BI_u"]);
	}
	await db.query(`DROP INDEX u ON ${table}; DROP INDEX w ON ${table}`);
	await db.query(
		`INSERT INTO ${table} VALUES (11, 1, 1); UPDATE ${table} SET id = 5 WHERE id = 11 LIMIT 1; DELETE FROM ${table} WHERE u = 2`,
	);
	await settle();
	expect(await rows()).toEqual([
		{ id: "5", u: "1", n: "1" },
		{ id: "11", u: "1", n: "1" },
	]);
	await db.query(
		`DELETE FROM ${table} WHERE id = 5; CREATE UNIQUE INDEX v ON ${table} (u); UPDATE ${table} SET id = 6`,
	);
	await settle();
	const newest = (await stack.files("shop", table)).at(-1) ?? "";
	expect((await columnsOf(table, newest)).filter((name) => name.startsWith("BI_"))).toEqual(["BI_u"]);
});

test("statements of a session with a temporary table of the same name leave the table alone", async ({
	t,
	db,
	settle,
	folded,
}) => {
	await byStatement(db, `CREATE TEMPORARY TABLE ${t} (id INT); TRUNCATE TABLE ${t}; DROP TEMPORARY TABLE ${t}`);
	await settle();
	expect(await folded(t, "id, b")).toEqual([
		{ id: 1, b: 10 },
		{ id: 2, b: 20 },
	]);
});

test.skipIf(isMySql).for<[sql: string, b: number[]]>([
	["SET STATEMENT lock_wait_timeout = 5 FOR TRUNCATE TABLE t", []],
	["SET STATEMENT binlog_format = STATEMENT FOR UPDATE t SET b = b + 1", [11, 21]],
	["SET SESSION binlog_format = STATEMENT; ANALYZE UPDATE t SET b = b + 1; SET SESSION binlog_format = ROW", [11, 21]],
])("MariaDB's %s counts", async ([sql, b], { t, db, settle, folded }) => {
	await db.query(sql.replace(" t", ` ${t}`));
	await settle();
	expect(await folded(t, "b")).toEqual(b.map((value) => ({ b: value })));
});

test.skipIf(isMySql)("CONVERT PARTITION moves rows between tables", async ({ t, db, stack, settle, folded }) => {
	await db.query(`CREATE TABLE parted_${t} (id INT PRIMARY KEY, v INT) PARTITION BY RANGE (id)
			(PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN (200));
		INSERT INTO parted_${t} VALUES (1, 1), (100, 100)`);
	await settle();
	await db.query(`ALTER TABLE parted_${t} CONVERT PARTITION p0 TO TABLE apart_${t}`);
	await settle();
	expect(await folded(`parted_${t}`, "id, v")).toEqual([{ id: 100, v: 100 }]);
	expect(await folded(`apart_${t}`, "id, v")).toEqual([{ id: 1, v: 1 }]);
	await db.query(`UPDATE apart_${t} SET id = 201;
		ALTER TABLE parted_${t} CONVERT TABLE apart_${t} TO PARTITION p2 VALUES LESS THAN (300)`);
	await settle();
	expect(await folded(`parted_${t}`, "id, v")).toEqual([
		{ id: 100, v: 100 },
		{ id: 201, v: 1 },
	]);
	expect(await stack.files("shop", `apart_${t}`)).toEqual([]);
});
