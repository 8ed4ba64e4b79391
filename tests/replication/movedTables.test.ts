import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { statementsBetween } from "../../cli/engines/local/replication/follow/statementsBetween.ts";
import { loadTables } from "../../cli/engines/local/replication/load/loadTables.ts";
import { asWritten } from "../../cli/engines/local/replication/model/storedName.ts";
import { takeColumns } from "../../cli/engines/local/replication/model/takeColumns.ts";
import { ParquetEngine } from "../../cli/engines/local/replication/parquet/parquetEngine.ts";
import { readSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import type { SourceAccess } from "../../cli/engines/mysql/access.ts";
import { rulesOf } from "../support/fakeReader.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";

test.for<[what: string, sql: string, moved: string[]]>([
	["swapped", "RENAME TABLE a TO c, b TO a, c TO b", ["a", "b"]],
	["passed on in a chain", "RENAME TABLE b TO c, a TO b; CREATE TABLE a LIKE b", ["a", "b"]],
	["given other columns", "ALTER TABLE a ADD COLUMN added INT DEFAULT 7", ["a"]],
])(
	"a table that is %s between the snapshot and its reading is not taken for the one of the snapshot",
	async ([, sql, moved], { shop, db, server, folder }) => {
		const { schema } = shop;
		await db.query(`CREATE TABLE a (id INT PRIMARY KEY, ofa INT); INSERT INTO a VALUES (1, 1);
		CREATE TABLE b (id INT PRIMARY KEY, ofb INT); INSERT INTO b VALUES (1, 2)`);
		const access: SourceAccess = {
			...{ host: "127.0.0.1", port: server.port, user: "root", password: "", schemas: [schema], tls: "DISABLED" },
		};
		const staging = join(folder, "staging");
		await mkdir(staging);
		const engine = await ParquetEngine.open(staging, join(folder, "lock"), 1000);
		if (engine === undefined) throw new Error("no engine");
		const never = new AbortController().signal;
		const rules = rulesOf(`source: { schemas: { ${schema}: {} } }`, [schema]);
		let snapshots = 0;
		try {
			const result = await loadTables(
				access,
				["a", "b", "t"].map((table) => ({ schema, table })),
				engine,
				staging,
				async () => {
					snapshots += 1;
					if (snapshots === 1) await db.query(sql);
					return (name, read) => takeColumns(rules, name, read, undefined);
				},
				{ table: () => undefined },
				never,
				(from, to) => statementsBetween(access, 7, asWritten, from, to, never),
				Date.now(),
			);
			const loaded = result.loaded.map(({ name, tableSchema }) => [
				name.table,
				...tableSchema.columns.map((column) => column.name),
			]);
			// A server may say itself that a table is not the one of the snapshot, which is then taken once more.
			if (snapshots === 1) {
				expect(result.moved.map(({ table }) => table)).toEqual(moved);
				expect(loaded.map(([table]) => table)).not.toContain("a");
			} else {
				expect(result.moved).toEqual([]);
				expect(loaded.map(([table]) => table)).toEqual(["a", "b", "t"]);
			}
			expect(loaded).toContainEqual(["t", "id", "name"]);
		} finally {
			engine.close();
		}
	},
);

test("a reload withholds what tables swapped before it, unread, have brought to the other's name", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	await db.query(`CREATE TABLE people (id INT PRIMARY KEY, pay INT); INSERT INTO people VALUES (1, 4711);
		CREATE TABLE open (id INT PRIMARY KEY, city INT); INSERT INTO open VALUES (1, 2)`);
	const definition = join(stack.paths.home, "definition");
	await mkdir(definition);
	await writeFile(
		join(definition, "pipeline.yaml"),
		`name: own\nsource: { schemas: { ${schema}: {} } }\ntables:\n  ${schema}.people: { columns: { pay: drop } }\n`,
	);
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, pipeline: definition }, stack.paths);
	await stack.replication.start(stack.context, { batchInterval: 0.2 });
	await stack.replication.stop(stack.context);
	await db.query("RENAME TABLE people TO x, open TO people, x TO open; INSERT INTO open VALUES (2, 815)");
	await stack.replication.start(stack.context, { batchInterval: 0.2, reload: true });
	await until(async () => (await stack.statistics(`${schema}.open`))?.state === "Table completed");
	const columns = async (table: string): Promise<unknown[]> =>
		(await stack.query(`DESCRIBE SELECT * FROM {${schema}/${table}}`)).map((row) => row.column_name);
	expect(await columns("open")).not.toContain("pay");
	expect(await columns("people")).toContain("city");
	expect(await stack.query(`SELECT count(*) AS rows FROM {${schema}/open}`)).toEqual([{ rows: 2n }]);
});
