import type { RowDataPacket } from "mysql2";
import { expect } from "vitest";
import { test } from "../support/ddlFixtures.ts";
import { isMySql, isOldMySql } from "../support/servers/source.ts";

const loadFile = "LOAD00000001.parquet";
const rowOne = { id: 1, a: "one", b: 10 };
const rowTwo = { id: 2, a: "two", b: 20 };

test.for(["MINIMAL", "NOBLOB"])(
	"rows of a session with binlog_row_image = %s are loaded",
	async (image, { t, db, stack, settle, folded }) => {
		await db.query(`ALTER TABLE ${t} MODIFY a TEXT`);
		await db.query(`SET SESSION binlog_row_image = ${image}; UPDATE ${t} SET b = 12 WHERE id = 1;
		DELETE FROM ${t} WHERE id = 2; INSERT INTO ${t} (id) VALUES (3); SET SESSION binlog_row_image = FULL`);
		await settle();
		expect(await stack.files("shop", t)).toContain(loadFile);
		expect(await folded(t, "id, a, b")).toEqual([
			{ ...rowOne, b: 12 },
			{ id: 3, a: null, b: null },
		]);
		await db.query(`UPDATE ${t} SET b = 13 WHERE id = 1`);
		await settle();
		expect(await folded(t, "id, a, b")).toEqual([
			{ ...rowOne, b: 13 },
			{ id: 3, a: null, b: null },
		]);
	},
);

test("rows are loaded where the server logs partial images from some time on", async ({
	t,
	db,
	server,
	settle,
	folded,
}) => {
	await db.query("SET GLOBAL binlog_row_image = MINIMAL");
	try {
		const later = await server.connect({ database: "shop" });
		await later.query(`UPDATE ${t} SET b = 12 WHERE id = 1`);
		await later.end();
		await settle();
	} finally {
		await db.query("SET GLOBAL binlog_row_image = FULL");
	}
	expect(await folded(t, "id, a, b")).toEqual([{ ...rowOne, b: 12 }, rowTwo]);
});

test("rows are loaded where the server logs no names of columns for some time", async ({ t, db, settle, folded }) => {
	await db.query("SET GLOBAL binlog_row_metadata = MINIMAL");
	try {
		await db.query(
			`UPDATE ${t} SET b = 12 WHERE id = 1; DELETE FROM ${t} WHERE id = 2; INSERT INTO ${t} VALUES (3, 'three', 30)`,
		);
	} finally {
		await db.query("SET GLOBAL binlog_row_metadata = FULL");
	}
	await db.query(`INSERT INTO ${t} VALUES (4, 'four', 40)`);
	await settle();
	expect(await folded(t, "id, a, b")).toEqual([
		{ ...rowOne, b: 12 },
		{ id: 3, a: "three", b: 30 },
		{ id: 4, a: "four", b: 40 },
	]);
});

test("checksums may be switched off and on while changes are read", async ({ t, db, settle, stack, folded }) => {
	for (const [id, algorithm] of ["NONE", "CRC32", "NONE", "CRC32"].entries()) {
		await db.query(
			`SET GLOBAL binlog_checksum = ${algorithm}; INSERT INTO ${t} VALUES (${10 + id}, '${algorithm}', 0)`,
		);
		await settle();
	}
	expect(await folded(t, "id, a")).toEqual([
		{ id: 1, a: "one" },
		{ id: 2, a: "two" },
		...["NONE", "CRC32", "NONE", "CRC32"].map((a, id) => ({ id: 10 + id, a })),
	]);
	expect(await stack.files("shop", t)).not.toContain(loadFile);
});

test("an XA transaction counts when it is committed, whatever its name is", async ({
	t,
	db,
	server,
	settle,
	folded,
}) => {
	const names = ["'g','b',7", "'it''s'", "x'00ff10',x'61',1"];
	for (const [index, xid] of names.entries()) {
		const session = await server.connect({ database: "shop" });
		await session.query(
			`XA START ${xid}; INSERT INTO ${t} VALUES (${30 + index}, 'xa', ${index}); XA END ${xid}; XA PREPARE ${xid}`,
		);
		await session.end();
		await settle();
		expect(await folded(t, "id")).toEqual(
			[1, 2, ...names.slice(0, index).map((_, at) => 30 + at)].map((id) => ({ id })),
		);
		await db.query(`XA COMMIT ${xid}`);
		await settle();
		expect(await folded(t, "id")).toContainEqual({ id: 30 + index });
	}
	await db.query(`XA START 'one'; INSERT INTO ${t} VALUES (40, 'xa', 0); XA END 'one'; XA COMMIT 'one' ONE PHASE`);
	await db.query(
		`XA START 'no'; INSERT INTO ${t} VALUES (41, 'xa', 0); XA END 'no'; XA PREPARE 'no'; XA ROLLBACK 'no'`,
	);
	await settle();
	expect(await folded(t, "id")).toEqual([1, 2, 30, 31, 32, 40].map((id) => ({ id })));
});

test.runIf(isMySql)(
	"compressed transactions are read, also those of other schemas",
	async ({ t, db, stack, settle, folded }) => {
		await db.query(`CREATE TABLE unselected.${t} (id INT PRIMARY KEY, text LONGTEXT);
		SET SESSION binlog_transaction_compression = ON;
		INSERT INTO unselected.${t} VALUES (1, REPEAT('x', 100000));
		BEGIN; INSERT INTO ${t} VALUES (3, 'three', 30), (4, 'four', 40); UPDATE ${t} SET b = b + 1 WHERE id <= 3;
		DELETE FROM ${t} WHERE id = 2; COMMIT;
		INSERT INTO ${t} SELECT id + 100, a, b FROM ${t};
		SET SESSION binlog_transaction_compression = OFF; UPDATE ${t} SET a = 'FOUR' WHERE id = 4`);
		await settle();
		expect(await folded(t, "id, a, b")).toEqual([
			{ id: 1, a: "one", b: 11 },
			{ id: 3, a: "three", b: 31 },
			{ id: 4, a: "FOUR", b: 40 },
			{ id: 101, a: "one", b: 11 },
			{ id: 103, a: "three", b: 31 },
			{ id: 104, a: "four", b: 40 },
		]);
		expect(await stack.files("shop", t)).not.toContain(loadFile);
		expect(await stack.statistics(`shop.${t}`)).toMatchObject({ inserts: 7, updates: 4, deletes: 1 });
	},
);

test.runIf(isMySql)(
	"JSON of which only the changed parts are logged arrives whole",
	async ({ t, db, settle, folded }) => {
		await db.query(`CREATE TABLE json_${t} (id INT PRIMARY KEY, a INT, j JSON, k JSON);
		INSERT INTO json_${t} VALUES (1, 1, '{"a": 1, "b": [1, {"x": 2}], "long": "${"x".repeat(300)}"}', '[1, 2, 3]'), (2, 2, '[1, 2]', NULL);
		SET SESSION binlog_row_value_options = 'PARTIAL_JSON';
		UPDATE json_${t} SET j = JSON_SET(j, '$.b[1].x', 77), k = JSON_SET(k, '$[1]', 'two') WHERE id = 1;
		UPDATE json_${t} SET j = JSON_REMOVE(j, '$.a'), a = 9 WHERE id = 1;
		UPDATE json_${t} SET j = JSON_ARRAY_APPEND(j, '$', CAST(1.0 AS DECIMAL(5,2))) WHERE id = 2;
		UPDATE json_${t} SET a = 10 WHERE id = 2;
		SET SESSION binlog_row_value_options = ''`);
		await settle();
		const [rows] = await db.query<RowDataPacket[]>(
			`SELECT id, a, CAST(j AS CHAR) AS j, CAST(k AS CHAR) AS k FROM json_${t} ORDER BY id`,
		);
		expect(rows[0]?.j).toContain('"b": [1, {"x": 77}]');
		expect(await folded(`json_${t}`, "id, a, j, k")).toEqual(rows);
	},
);

test.runIf(isMySql)("a key that the server adds and hides is the table's key", async ({ t, db, stack, settle }) => {
	await db.query(`SET SESSION sql_generate_invisible_primary_key = ON; CREATE TABLE keyless_${t} (v INT);
		SET SESSION sql_generate_invisible_primary_key = OFF;
		SET GLOBAL show_gipk_in_create_table_and_information_schema = OFF; INSERT INTO keyless_${t} VALUES (1), (1), (2)`);
	try {
		await settle();
		await stack.replication.reload(stack.context, [{ schema: "shop", table: `keyless_${t}` }]);
		await db.query(`INSERT INTO keyless_${t} VALUES (3); DELETE FROM keyless_${t} WHERE v = 2`);
		await settle();
	} finally {
		await db.query("SET GLOBAL show_gipk_in_create_table_and_information_schema = ON");
	}
	expect(
		await stack.query(
			`SELECT Op, CAST(my_row_id AS INTEGER) AS id, v, BI_my_row_id IS NULL AS loaded FROM {shop/keyless_${t}} ORDER BY cdc_change_seq NULLS FIRST, my_row_id`,
		),
	).toEqual([
		{ Op: "I", id: 1, v: 1, loaded: true },
		{ Op: "I", id: 2, v: 1, loaded: true },
		{ Op: "I", id: 3, v: 2, loaded: true },
		{ Op: "I", id: 4, v: 3, loaded: true },
		{ Op: "D", id: 3, v: 2, loaded: true },
	]);
});

// Since MySQL 8.3.
test.runIf(isMySql && !isOldMySql)("transactions with tagged GTIDs are read", async ({ t, db, settle, folded }) => {
	const modes = ["OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"];
	const [[found]] = await db.query<RowDataPacket[]>("SELECT @@GLOBAL.gtid_mode AS mode");
	const off = modes.slice(modes.indexOf(String(found?.mode)));
	await db.query("SET GLOBAL enforce_gtid_consistency = ON");
	for (const mode of off.slice(1)) await db.query(`SET GLOBAL gtid_mode = ${mode}`);
	try {
		await db.query(`INSERT INTO ${t} VALUES (60, 'plain', 1)`);
		await db.query(
			`SET gtid_next = 'AUTOMATIC:tag1'; INSERT INTO ${t} VALUES (61, 'tagged', 1); SET gtid_next = 'AUTOMATIC'`,
		);
		await settle();
	} finally {
		for (const mode of off.reverse().slice(1)) await db.query(`SET GLOBAL gtid_mode = ${mode}`);
	}
	expect(await folded(t, "id, a, b")).toEqual([
		rowOne,
		rowTwo,
		{ id: 60, a: "plain", b: 1 },
		{ id: 61, a: "tagged", b: 1 },
	]);
});

test.skipIf(isMySql)(
	"compressed events are read, of rows and of statements",
	async ({ t, db, stack, settle, folded }) => {
		await db.query(`ALTER TABLE ${t} MODIFY a LONGTEXT`);
		await settle();
		await db.query("SET GLOBAL log_bin_compress_min_len = 10, log_bin_compress = ON");
		try {
			await db.query(`INSERT INTO ${t} VALUES (3, REPEAT('three', 1000), 30); UPDATE ${t} SET b = b + 1;
				DELETE FROM ${t} WHERE id = 2; ALTER TABLE ${t} ADD COLUMN c INT NULL COMMENT '${"long ".repeat(50)}';
				INSERT INTO ${t} VALUES (4, 'four', 40, 4)`);
			await settle();
		} finally {
			await db.query("SET GLOBAL log_bin_compress = OFF");
		}
		expect(await folded(t, "id, length(a) AS n, b, c")).toEqual([
			{ id: 1, n: 3n, b: 11, c: null },
			{ id: 3, n: 5000n, b: 31, c: null },
			{ id: 4, n: 4n, b: 40, c: 4 },
		]);
		expect(await stack.statistics(`shop.${t}`)).toMatchObject({ state: "Table completed" });
	},
);

test.skipIf(isMySql)(
	"an ALTER in two phases counts once, when it is committed",
	async ({ t, db, settle, folded, stack }) => {
		await db.query(`SET SESSION binlog_alter_two_phase = ON; ALTER TABLE ${t} ADD z INT NULL;
		INSERT INTO ${t} VALUES (3, 'three', 30, 3)`);
		await expect(db.query(`ALTER TABLE ${t} ADD UNIQUE (z), ADD CONSTRAINT CHECK (b < 0)`)).rejects.toThrow();
		await db.query(`ALTER TABLE ${t} DROP b; SET SESSION binlog_alter_two_phase = OFF`);
		await settle();
		expect(await folded(t, "id, a, z")).toEqual([
			{ id: 1, a: "one", z: null },
			{ id: 2, a: "two", z: null },
			{ id: 3, a: "three", z: 3 },
		]);
		expect((await stack.statistics(`shop.${t}`))?.ddls).toBe(2);
	},
);
