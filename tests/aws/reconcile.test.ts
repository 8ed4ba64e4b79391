import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { neededActions } from "../../cli/engines/aws/doctor/neededActions.ts";
import { queryStates } from "../../cli/engines/aws/query/athenaQuery.ts";
import { columnForm } from "../../etl/contract/names.ts";
import { it as base } from "../support/aws/awsFixtures.ts";
import { actionOf } from "../support/aws/endpoint.ts";
import { succeeded } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { sourceUser } from "../support/aws/tlsSource.ts";
import { TrinoStandIn } from "../support/aws/trinoStandIn.ts";

const it = base.extend("trino", async ({ folder: _ }, { onCleanup }) => {
	const trino = await TrinoStandIn.create();
	onCleanup(() => trino.close());
	return trino;
});

const database = outputs.catalog.database;
const snapshot = "8765432109876543210";

/** Tables of the source, and the columns of their current tables. */
const tables = {
	items: {
		source: "id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(8,2), doc JSON, secret TEXT, mail VARCHAR(99)",
		lake: { id: "int", name: "string", price: "decimal(8,2)", doc: "string", mail: "string" },
	},
	keys: { source: "a VARCHAR(20), b INT, c TEXT, PRIMARY KEY (a, b)", lake: { a: "string", b: "int", c: "string" } },
	bag: { source: "a INT, b VARBINARY(9)", lake: { a: "int", b: "binary" } },
};

let aws: ScriptedStack;
let source: Connection;
let trino: TrinoStandIn;

it.beforeEach(async ({ aws: own, tlsSource, folder, trino: ownTrino }) => {
	[aws, trino] = [own, ownTrino];
	aws.others.secret = { ...sourceUser, host: "127.0.0.1", port: tlsSource.server.port };
	const definition = join(folder, "definition");
	await mkdir(definition);
	const columns = "{ secret: drop, mail: hash }";
	await writeFile(
		join(definition, "pipeline.yaml"),
		`name: own\nsource: { schemas: [own] }\ntables:\n  own.items: { columns: ${columns} }\n`,
	);
	await aws.deploy({ definition, source: { ...outputs.source, caCertificate: tlsSource.ca } });
	aws.athena.before = [];
	for (const job of Object.values(outputs.jobs)) aws.glue.looks[job] = [succeeded];
	aws.athena.compute = (sql) => trino.answer(sql);
	aws.dms.task = { Status: "running", ReplicationTaskStats: { FullLoadProgressPercent: 100 } };
	// Each look at the metrics is a minute later.
	let minutes = 1;
	aws.metrics.onAsk = () => {
		minutes += 1;
		aws.metrics.times = [new Date(Date.now() + minutes * 60_000), new Date(Date.now() + (minutes - 1) * 60_000)];
	};
	aws.metrics.values = { CDCLatencySource: 1, CDCLatencyTarget: 2 };
	source = await tlsSource.server.connect();
	await source.query("DROP DATABASE IF EXISTS own; CREATE DATABASE own CHARACTER SET utf8mb4; USE own");
	await trino.run(`CREATE SCHEMA ${database}`);
	for (const [name, { source: declared, lake }] of Object.entries(tables)) {
		await source.query(`CREATE TABLE own.\`${name}\` (${declared})`);
		const types = Object.entries(lake).map(([column, type]) => `"${column}" ${duckDb(type)}`);
		await trino.run(`CREATE TABLE ${database}."${name}" (${types.join(", ")})`);
		register(name, lake);
	}
	await source.query(
		`INSERT INTO own.items SELECT seq, CONCAT('name ', seq), seq / 4, '{"a": 1}', 'x', 'a@b.c' FROM seq_1_to_500`,
	);
	const hashed = (await source.query("SELECT UPPER(SHA2('a@b.c', 256)) AS h")) as unknown as [{ h: string }[]];
	await trino.run(
		`INSERT INTO ${database}.items SELECT i, 'name ' || i, i / 4, '{"a": 1}', '${hashed[0][0]?.h}' FROM range(1, 501) AS t(i)`,
	);
	await both("keys", "('A', 1, 'x'), ('ä', 2, 'y'), ('it''s', 3, NULL), ('', 0, '')");
	await source.query("INSERT INTO own.bag VALUES (1, x'00ff'), (1, x'00ff'), (NULL, NULL)");
	await trino.run(`INSERT INTO ${database}.bag VALUES (1, unhex('00ff')), (1, unhex('00ff')), (NULL, NULL)`);
});
it.afterEach(async () => {
	await source.end();
});

function duckDb(type: string): string {
	return type === "string" ? "VARCHAR" : type === "binary" ? "BLOB" : type;
}

async function both(table: string, values: string): Promise<void> {
	await source.query(`INSERT INTO own.\`${table}\` VALUES ${values}`);
	await trino.run(`INSERT INTO ${database}."${table}" VALUES ${values}`);
}

/** As the jobs register it, with the metadata of one snapshot. */
function register(name: string, columns: Record<string, string>, bytes = 50_000_000, rows = 500): void {
	const folder = `current/own/${name}`;
	const metadata = `${folder}/metadata/00003-a.metadata.json`;
	aws.glue.tables.push({
		Name: name,
		StorageDescriptor: {
			Location: `s3://${outputs.buckets.processed}/${folder}`,
			Columns: Object.entries(columns).map(([column, type]) => ({ Name: column, Type: type })),
		},
		Parameters: { table_type: "ICEBERG", metadata_location: `s3://${outputs.buckets.processed}/${metadata}` },
	});
	const summary = { "total-records": String(rows), "total-files-size": String(bytes) };
	aws.s3.put(
		outputs.buckets.processed,
		metadata,
		`{"current-snapshot-id": ${snapshot}, "snapshots": [{"snapshot-id": ${snapshot}, "summary": ${JSON.stringify(summary)}}]}`,
	);
}

async function reconcile(...args: string[]): Promise<{ code: number; document: ReconcileReport }> {
	return aws.json<ReconcileReport>("reconcile", "--yes", ...args);
}
const statements = (): string[] =>
	aws.endpoint.inputs("athena", "StartQueryExecution").map(({ QueryString: sql }) => String(sql));
const started = (): unknown[] => aws.endpoint.inputs("glue", "StartJobRun").map(({ JobName: name }) => name);

it("finds both sides equal at one snapshot each, after what the source had has come; says what it took, and needs no right but doctor's", async () => {
	const { code, document } = await reconcile();
	expect(document.tables.map(({ table, state, why }) => [table, state, why])).toEqual(
		["bag", "items", "keys"].map((table) => [table, "equal", undefined]),
	);
	expect([code, document.ok]).toEqual([0, true]);
	expect(document.tables[1]).toMatchObject({ rows: { source: 500, lake: 500 }, withheld: ["secret"], key: ["id"] });
	expect(started()).toEqual(["dev-process-load", "dev-process-cdc", "dev-apply-changes"]);
	expect(statements()).toHaveLength(3);
	for (const sql of statements()) expect(sql).toContain(`FOR VERSION AS OF ${snapshot}`);
	expect(document.plan?.scannedBytes).toBe(150_000_000);
	expect(document.cost).toEqual({ scannedBytes: 3 * 2048, usd: expect.closeTo(3 * 0.00005, 8) });
	const needed = new Set(neededActions(outputs).flatMap(({ actions }) => actions));
	const asked = new Set(aws.endpoint.calls.map(actionOf));
	expect([...asked].filter((action) => !needed.has(action))).toEqual([]);
	expect([...asked]).toEqual(expect.arrayContaining(["s3:GetObject", "glue:GetTables", "cloudwatch:GetMetricData"]));
});

it("names rows that are missing, extra, changed and doubled, with the values of both sides", async () => {
	await trino.run(`UPDATE ${database}.items SET name = 'other', price = NULL WHERE id = 7;
		DELETE FROM ${database}.items WHERE id = 9; INSERT INTO ${database}.items SELECT * FROM ${database}.items WHERE id = 11;
		INSERT INTO ${database}.items (id, name) VALUES (-4, 'extra'), (99999, 'far')`);
	await trino.run(
		`UPDATE ${database}.keys SET c = '' WHERE b = 3; UPDATE ${database}.bag SET b = unhex('00fe') WHERE a = 1`,
	);
	const { code, document } = await reconcile();
	expect([code, document.ok]).toEqual([10, false]);
	const [bag, items, keys] = document.tables;
	expect(items).toMatchObject({ state: "different", counts: { missing: 1, extra: 2, changed: 1, doubled: 1 } });
	const changed = { name: { source: "name 7", lake: "other" }, price: { source: "1.75", lake: null } };
	expect(items?.examples).toEqual(
		expect.arrayContaining([
			{ kind: "changed", key: { id: "7" }, columns: changed },
			{ kind: "missing", key: { id: "9" } },
			{ kind: "doubled", key: { id: "11" } },
			{ kind: "extra", key: { id: "-4" } },
			{ kind: "extra", key: { id: "99999" } },
		]),
	);
	expect(keys?.examples).toEqual([
		{ kind: "changed", key: { a: "it's", b: "3" }, columns: { c: { source: null, lake: "" } } },
	]);
	expect(bag).toMatchObject({ key: [], counts: { missing: 2, extra: 2, changed: 0, doubled: 0 } });
	expect(bag?.examples).toEqual(
		expect.arrayContaining([
			{ kind: "missing", key: { a: "1", b: "00FF" } },
			{ kind: "extra", key: { a: "1", b: "00FE" } },
		]),
	);
});

it("counts only what stays different: what came meanwhile does not, and what never stands still is not compared", async () => {
	await source.query("UPDATE own.items SET name = 'late' WHERE id IN (5, 6)");
	let n = 0;
	aws.glue.onStart = ({ JobName: job }) => {
		// The first run brings nothing, those after it one row; the other row is written again and again.
		if (job !== "dev-apply-changes") return;
		n += 1;
		void source.query(`UPDATE own.items SET name = 'late ${n}' WHERE id = 6`);
		if (n > 1) void trino.run(`UPDATE ${database}.items SET name = 'late' WHERE id = 5`);
	};
	const { code, document } = await reconcile("items");
	expect(document.tables[0]).toMatchObject({
		state: "not compared",
		counts: { changed: 0 },
		why: "*: 1 row changed at the source during the comparison",
	});
	expect(code).toBe(1);
	expect(n).toBe(4);
});

it("asks before anything that costs: without a terminal or --yes 2, with bytes and price, and nothing was asked", async () => {
	const { code, err } = await aws.run("reconcile");
	expect(code).toBe(2);
	expect(err).toMatch(/own\.items, source: SELECT b, COUNT/);
	expect(err).toMatch(/own\.items, Athena, about 47\.7 MiB: SELECT b/);
	expect(err.replaceAll(/\s+/g, " ")).toContain("Athena scans about 143.1 MiB of 3 tables, which costs $0.00");
	expect([statements(), started()]).toEqual([[], []]);
});

it("reads with nothing but SELECT", async ({ tlsSource }) => {
	await source.query("CREATE OR REPLACE USER reader@'%' IDENTIFIED BY 'r'; GRANT SELECT ON own.* TO reader@'%'");
	aws.others.secret = { username: "reader", password: "r", host: "127.0.0.1", port: tlsSource.server.port };
	expect((await reconcile("items", "--max-load", "100")).document.ok).toBe(true);
	expect((await reconcile("items", "--sample", "10")).document.tables[0]?.rows?.source).toBeLessThan(200);
});

it.for(Object.entries(queryStates).filter(([, meaning]) => meaning !== "going" && meaning !== "done"))(
	"where a query ends %s, the table is not compared, with the reason",
	async ([state]) => {
		aws.athena.compute = async (sql) =>
			sql.includes('"items"')
				? { State: state, StateChangeReason: "Bytes scanned limit was exceeded" }
				: trino.answer(sql);
		const { code, document } = await reconcile();
		expect(document.tables.map((one) => one.state)).toEqual(["equal", "not compared", "equal"]);
		expect(document.tables[1]?.why).toContain("Bytes scanned limit was exceeded");
		expect(code).toBe(1);
	},
);

it("tables of one side alone, columns that are missing, and metadata that cannot be read are said", async () => {
	await source.query(
		"CREATE TABLE own.fresh (id INT PRIMARY KEY); INSERT INTO own.fresh VALUES (1), (2); ALTER TABLE own.keys ADD d INT",
	);
	register("gone", { id: "int" }, 1000, 7);
	aws.s3.put(outputs.buckets.processed, "current/own/bag/metadata/00003-a.metadata.json", "{");
	const { code, document } = await reconcile();
	const of = (name: string) => document.tables.find(({ table }) => table === name);
	expect(of("fresh")).toMatchObject({
		counts: { missing: 2 },
		columns: [{ what: "the table is missing in the lake" }],
	});
	expect(of("gone")).toMatchObject({ state: "different", counts: { extra: 7 } });
	expect(of("keys")).toMatchObject({ state: "different", columns: [{ column: "d", what: "missing in the lake" }] });
	expect(of("bag")).toMatchObject({ state: "not compared", why: expect.stringContaining("cannot be read") });
	expect(code).toBe(10);
});

it("a table without rows yet asks Athena nothing, and one whose statement is too long for it is not compared", async () => {
	await source.query("CREATE TABLE own.none (id INT PRIMARY KEY)");
	register("none", { id: "int" });
	aws.s3.put(outputs.buckets.processed, "current/own/none/metadata/00003-a.metadata.json", '{"snapshots": []}');
	// Each letter is seven in the lake.
	const wide = Array.from({ length: 600 }, (_, at) => `${"ä".repeat(28)}${at}`);
	await source.query(`CREATE TABLE own.wide (${wide.map((name) => `${name} DOUBLE`).join(", ")})`);
	register("wide", Object.fromEntries(wide.map((name) => [columnForm(name), "double"])));
	const { document } = await reconcile("none", "wide");
	expect(document.tables).toMatchObject([
		{ table: "none", state: "equal", rows: { source: 0, lake: 0 } },
		{ table: "wide", state: "not compared", why: expect.stringContaining("262144 bytes") },
	]);
	expect(statements()).toEqual([]);
});

it("a key whose numbers are close to each other, and one far away, is parted by digest where rows differ", async () => {
	const many = 210_000;
	await source.query(`CREATE TABLE own.far (id BIGINT PRIMARY KEY, v INT);
		INSERT INTO own.far SELECT seq, seq FROM seq_1_to_${many}; INSERT INTO own.far VALUES (9007199254740993, 0)`);
	await trino.run(`CREATE TABLE ${database}.far AS SELECT i AS id, CAST(i AS INTEGER) AS v FROM range(1, ${many + 1}) AS t(i);
		INSERT INTO ${database}.far VALUES (9007199254740993, 0); UPDATE ${database}.far SET v = 0 WHERE id = 77`);
	register("far", { id: "bigint", v: "int" });
	const { document } = await reconcile("far");
	expect(document.tables[0]).toMatchObject({
		rows: { source: many + 1, lake: many + 1 },
		counts: { missing: 0, extra: 0, changed: 1, doubled: 0 },
		examples: [{ kind: "changed", key: { id: "77" }, columns: { v: { source: "77", lake: "0" } } }],
	});
});
