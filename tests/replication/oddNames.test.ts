import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { quoteName } from "../../cli/engines/mysql/quote.ts";
import { test } from "../support/cliFixtures.ts";
import { secret } from "../support/reconciled.ts";

/**
 * Letters of other alphabets, signs, names that mean something to us or to a program below us, and the longest: a file system has
 * no room for 64 letters of which the server makes five each.
 */
const names = [
	...[
		"_lead",
		".dot",
		"..",
		".",
		"__proto__",
		"constructor",
		"toString",
		"op",
		"cdc_op",
		"batch",
		"batch=1",
		"current",
	],
	...[
		"models",
		"raw",
		"_state",
		"_runs",
		"select",
		"order",
		"table",
		"user",
		"é",
		"ß",
		"İ",
		"ı",
		"日本",
		"Ω",
		"a b",
		" a",
	],
	...[
		"a.b",
		"a/b",
		"a\\b",
		"a`b",
		"a'b",
		'a"b',
		"a;b",
		"%2F",
		"%",
		"a_x0020_b",
		"x".repeat(64),
		"日".repeat(50),
		"1st",
	],
	...[
		"123",
		"-",
		"--",
		"#",
		"$",
		"@",
		"a,b",
		"a:b",
		"a|b",
		"a*b",
		"a?b",
		"<a>",
		"{a}",
		"[a]",
		"(a)",
		"~",
		"!",
		"orders",
	],
	...["orders_changes", "clickstream_data", "null", "1e5", "0x1", "a\tb", "a\u00a0b", "\u200bz", "a\u0301", "metadata"],
];
const columns = [
	...names,
	"BI_id",
	"cdc_commit_time",
	"cdc_change_seq",
	"length",
	"filename",
	"file_row_number",
	"rowid",
];
const schemas = ["odd", "default", "main", "_runs2", "-", "a b", "$", "ß", "temp", "system", "日本"];

test.runIf(process.env.ALL_FAULTS === "1")(
	"tables and columns of any name go through load, changes, jobs, queries, models, the warehouse and reconcile",
	{ timeout: 900_000 },
	async ({ stack, folder, server, db }) => {
		const definition = join(folder, "definition");
		await mkdir(join(definition, "models"), { recursive: true });
		await writeFile(
			join(definition, "pipeline.yaml"),
			`name: own\nsource: { schemas: ${JSON.stringify(schemas)} }\nmodels: models\nwarehouse: warehouse\n`,
		);
		await writeFile(
			join(definition, "models", "sums.sql"),
			"-- primary_key: [n]\nSELECT count(*) AS n, max(`_x0042_I_id`) AS most FROM wide\n",
		);
		await mkdir(join(definition, "warehouse"));
		// Columns under the names that the lake gives them.
		await writeFile(join(definition, "warehouse", "wide.sql"), "-- All of them.\nSELECT * FROM lake.wide\n");
		const made: string[] = [];
		const make = async (schema: string, table: string): Promise<void> => {
			const name = `${quoteName(schema)}.${quoteName(table)}`;
			await db.query(
				`CREATE TABLE ${name} (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO ${name} VALUES (1, 'a'), (2, 'b')`,
			);
			made.push(name);
		};
		for (const schema of schemas) await db.query(`CREATE DATABASE ${quoteName(schema)} CHARACTER SET utf8mb4`);
		for (const name of names) await make("odd", name);
		for (const schema of schemas.slice(1)) for (const table of ["orders", "t", "current"]) await make(schema, table);
		const list = columns.map((name, at) => `${quoteName(name)} INT DEFAULT ${at}`).join(", ");
		await db.query(`CREATE TABLE odd.wide (id INT, ${list}, PRIMARY KEY (id, \`BI_id\`)); INSERT INTO odd.wide (id) VALUES (1), (2);
			CREATE TABLE odd.keyless (${list}); INSERT INTO odd.keyless () VALUES (), ();
			CREATE USER 'repl'@'%' IDENTIFIED BY 'secret'; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'repl'@'%';
			GRANT SELECT, LOCK TABLES ON *.* TO 'repl'@'%'`);
		await stack.json(["source", "up", "--pipeline", definition], {
			PIPELINE_SOURCE_URL: `mysql://repl:secret@127.0.0.1:${server.port}/?ssl-mode=DISABLED`,
		});
		await stack.json(["replication", "start", "--batch-interval", "1"], secret);
		for (const name of made) {
			await db.query(
				`UPDATE ${name} SET v = 'B' WHERE id = 2; INSERT INTO ${name} VALUES (3, 'c'); DELETE FROM ${name} WHERE id = 1`,
			);
		}
		await db.query(
			"UPDATE odd.wide SET `op` = 77 WHERE id = 2; INSERT INTO odd.wide (id) VALUES (3); DELETE FROM odd.wide WHERE id = 1",
		);
		await db.query(
			"UPDATE odd.keyless SET `op` = 5 LIMIT 1; DELETE FROM odd.keyless WHERE `op` = 5; INSERT INTO odd.keyless () VALUES ()",
		);
		await db.query(`CREATE TABLE odd.\`_spät er\` (id INT PRIMARY KEY, \`__proto__\` INT, É INT); INSERT INTO odd.\`_spät er\` VALUES (1, 2, 3);
			ALTER TABLE odd.\`..\` RENAME TO odd.\`...\`; ALTER TABLE odd.wide ADD COLUMN BI_op INT DEFAULT 9, ADD COLUMN \`$\`\`\` INT;
			DROP TABLE odd.orders_changes; ALTER TABLE odd.keyless RENAME COLUMN \`a b\` TO \`a  b\``);
		await stack.json(["run-etl"], secret);
		const report = await stack.json<ReconcileReport>(["reconcile", "--deep"], secret);
		expect(report.tables.filter(({ state }) => state !== "equal")).toEqual([]);
		expect(report.tables).toHaveLength(made.length + 2);
		expect(report.lake?.filter(({ state }) => state !== "equal")).toEqual([]);
		const query = async (sql: string) => (await stack.json<{ rows: unknown[][] }>(["query", sql], secret)).rows;
		const all = (await query("SHOW TABLES")).map(([name]) => String(name));
		expect(all.length).toBeGreaterThan(2 * made.length);
		for (let at = 0; at < all.length; at += 60) {
			const counts = all.slice(at, at + 60).map((name) => `(SELECT count(*) FROM "${name.replaceAll('"', '""')}")`);
			expect(await query(`SELECT ${counts.join(", ")}`)).toHaveLength(1);
		}
		expect(await query("SELECT * FROM sums")).toHaveLength(1);
		await stack.json(["warehouse", "apply"], secret);
		const view = await stack.json<{ columns: unknown[]; rows: unknown[][] }>(
			["warehouse", "query", "--name", "wide"],
			secret,
		);
		expect([view.columns.length, view.rows.length]).toEqual([columns.length + 3, 2]);
	},
);
