import { access, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test as base } from "../../../../tests/support/fixtures.ts";
import { PipelineError } from "../../../common/errors.ts";
import { TestLake } from "../catalog/fixtures/testLake.ts";
import { icebergFiles } from "../catalog/icebergTable.ts";
import { LocalCrawlers } from "../catalog/localCrawlers.ts";
import { LocalQuery } from "./localQuery.ts";

/** With a lake of every format for the tests that leave it as it is. */
const test = base.extend("crawledLake", { scope: "file" }, async ({ fileFolder }) => {
	const crawled = new TestLake(fileFolder);
	await fill(crawled);
	return crawled;
});

let lake: TestLake;
let query: LocalQuery;

function use(given: TestLake): void {
	lake = given;
	query = new LocalQuery(given.paths);
}

test.beforeEach(({ folder }) => use(new TestLake(folder)));

const run = (sql: string) => query.run(sql, lake.context);

async function rows(sql: string): Promise<unknown[][]> {
	return (await run(sql)).rows;
}

async function failure(sql: string): Promise<PipelineError> {
	const error = await run(sql).catch((thrown: unknown) => thrown);
	if (!(error instanceof PipelineError)) throw new Error(`${sql} did not fail as expected: ${String(error)}`);
	return error;
}

/** Tables of every format, registered. */
async function fill(empty: TestLake): Promise<void> {
	await empty.orders("current/classicmodels/orders");
	const log = "SELECT 'I' AS cdc_op, i AS \"orderNumber\" FROM range";
	await empty.parquet("classicmodels/orders/batch=1/a.parquet", `${log}(1, 3) AS t(i)`);
	await empty.parquet(
		"classicmodels/orders/batch=2/a.parquet",
		`SELECT 'U' AS cdc_op, 2 AS "orderNumber", 'x' AS note`,
	);
	await empty.raw(
		"clickstream-data/2026/11/20/13/a.json",
		'{"productid":1,"productDetails":{"color":"red"}}\nno json\n',
	);
	await empty.raw("clickstream-data/2026/11/20/14/a.json", '{"productid":2,"productDetails":{"color":"blue"}}\n');
	await new LocalCrawlers(empty.paths).crawl(empty.context);
}

describe("tables", () => {
	test.beforeEach(({ crawledLake }) => use(crawledLake));

	test("of every format are read, joined, and qualified by their database", async () => {
		const result = await run(
			`SELECT o.orderNumber, o.title, count(*) AS changes
			FROM analytics_pipeline_local.orders AS o JOIN orders_changes AS c ON c.ordernumber = o.ordernumber
			GROUP BY 1, 2`,
		);
		expect(result.columns).toEqual([
			{ name: "ordernumber", type: "int" },
			{ name: "title", type: "string" },
			{ name: "changes", type: "bigint" },
		]);
		expect(result.rows).toEqual([[2, "new", 2]]);
	});

	test("of change logs have their partition as a column, and null where an older batch lacks a column", async () => {
		expect(await rows("SELECT batch, cdc_op, ordernumber, note FROM orders_changes ORDER BY 1, 3")).toEqual([
			[1, "I", 1, null],
			[1, "I", 2, null],
			[2, "U", 2, "x"],
		]);
	});

	test("of clicks have their hour, nested fields, and a row of nulls for a line that is not JSON", async () => {
		const sql = "SELECT productid, productdetails.color, year, month, day, hour FROM clickstream_data ORDER BY hour, 1";
		expect(await rows(sql)).toEqual([
			[1, "red", "2026", "11", "20", "13"],
			[null, null, "2026", "11", "20", "13"],
			[2, "blue", "2026", "11", "20", "14"],
		]);
	});

	test("show what came after the crawl", async ({ folder }) => {
		use(new TestLake(folder));
		await fill(lake);
		await lake.parquet("classicmodels/orders/batch=3/a.parquet", "SELECT 'D' AS cdc_op, 2 AS \"orderNumber\"");
		expect(await rows("SELECT max(batch) FROM orders_changes")).toEqual([[3]]);
	});

	test("are listed and described from the catalog", async () => {
		expect(await rows("SHOW TABLES")).toEqual([["clickstream_data"], ["orders"], ["orders_changes"]]);
		expect((await rows("DESCRIBE orders")).map(([name, type]) => [name, type])).toEqual([
			["ordernumber", "INTEGER"],
			["title", "VARCHAR"],
			["amount", "DECIMAL(10,2)"],
			["at", "TIMESTAMP"],
			["note", "VARCHAR"],
		]);
		const sql = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'analytics_pipeline_local'";
		expect(await rows(`${sql} AND ordinal_position = 1 ORDER BY 1`)).toEqual([
			["cdc_op"],
			["ordernumber"],
			["productid"],
		]);
	});

	test("are found in NATURAL JOIN, CTEs, subqueries and quoted names", async () => {
		expect(await rows('WITH o AS (SELECT * FROM "ORDERS") SELECT count(*) FROM o NATURAL JOIN orders_changes')).toEqual(
			[[0]],
		);
		expect(await rows("SELECT (SELECT max(ordernumber) FROM orders)")).toEqual([[5]]);
	});

	test("that are emptied keep their columns", async ({ folder }) => {
		use(new TestLake(folder));
		await fill(lake);
		await lake.orders("current/classicmodels/orders", 1);
		const result = await run("SELECT * FROM orders");
		expect(result.rows).toEqual([]);
		expect(result.columns.map(({ name }) => name)).toEqual(["ordernumber", "name", "amount", "at"]);
	});

	test("read by a computed name are refused rather than shown empty", async () => {
		expect((await failure("SELECT * FROM query('SELECT * FROM ord' || 'ers')")).text.what).toBe(
			"The statement reads orders, but does not name it.",
		);
	});
});

describe("values", () => {
	test.each<[string, unknown, string]>([
		["1::BIGINT", 1, "bigint"],
		["9007199254740993", "9007199254740993", "bigint"],
		["1.10::DECIMAL(10,2)", 1.1, "decimal(10,2)"],
		["-7::DECIMAL(20,0)", -7, "decimal(20,0)"],
		["9999999999999.99::DECIMAL(38,2)", 9999999999999.99, "decimal(38,2)"],
		["10000000000000.00::DECIMAL(38,2)", "10000000000000.00", "decimal(38,2)"],
		["12345678901234567890.12::DECIMAL(22,2)", "12345678901234567890.12", "decimal(22,2)"],
		["'NaN'::DOUBLE", "NaN", "double"],
		["'-inf'::DOUBLE", "-Infinity", "double"],
		["true", true, "boolean"],
		["NULL::INTEGER", null, "int"],
		["'ü\"\n'", 'ü"\n', "string"],
		["DATE '2026-01-02'", "2026-01-02", "date"],
		["TIMESTAMP '2026-01-02 03:04:05'", "2026-01-02 03:04:05", "timestamp"],
		["TIMESTAMP '2026-01-02 03:04:05.678901'", "2026-01-02 03:04:05.678901", "timestamp"],
		["TIMESTAMPTZ '2026-01-02 03:04:05+02:00'", "2026-01-02 01:04:05 UTC", "timestamp"],
		["'\\x00\\xFF'::BLOB", "00ff", "binary"],
		["[1, NULL, 3]", [1, null, 3], "array<int>"],
		["{'a': 1, 'b': {'c': DATE '2026-01-02'}}", { a: 1, b: { c: "2026-01-02" } }, "struct<a:int,b:struct<c:date>>"],
		["MAP {1: 'x'}", { "1": "x" }, "map<int,string>"],
	])("%s", async (expression, value, type) => {
		const result = await run(`SELECT ${expression} AS v`);
		expect(result.rows).toEqual([[value]]);
		expect(result.columns).toEqual([{ name: "v", type }]);
		expect(JSON.parse(JSON.stringify(result.rows))).toEqual(result.rows);
	});
});

describe("what is refused", () => {
	test.beforeEach(({ crawledLake }) => use(crawledLake));

	test.each([
		"INSERT INTO orders VALUES (1)",
		"delete from orders",
		"/* x */ DROP VIEW orders",
		"CREATE TABLE t (x INT)",
		"COPY (SELECT 1) TO 'x.csv'",
		"SET lock_configuration = false",
		"PRAGMA threads = 1",
		"CALL pragma_version()",
		"ATTACH 'x.db'",
		"INSTALL httpfs",
		"PREPARE p AS SELECT 1",
		"(DELETE FROM orders)",
	])("%s", async (sql) => {
		expect(await failure(sql)).toMatchObject({ outcome: "usage" });
	});

	test("EXPLAIN ANALYZE of a statement that writes, also into the lake", async () => {
		const target = join(lake.paths.processed, "x.csv");
		for (const prefix of ["EXPLAIN ANALYZE", "explain /* a */ analyze", "EXPLAIN (ANALYZE)", "EXPLAIN"]) {
			expect((await failure(`${prefix} COPY (SELECT 1) TO '${target}'`)).outcome).toBe("usage");
		}
		await expect(access(target)).rejects.toThrow();
	});

	test("several statements, and none", async () => {
		expect((await failure("SELECT 1; SELECT 2")).text.what).toBe("The query has 2 statements; only one is allowed.");
		for (const sql of ["", " \n", ";", "-- nothing\n;", "; /* x */ ;", "-- nothing"]) {
			expect((await failure(sql)).text.what).toBe("No statement was given.");
		}
	});

	test("files outside of the lake, by whatever function", async () => {
		const outside = join(lake.paths.home, "secret.csv");
		await writeFile(outside, "password\nhunter2\n");
		const calls = [
			"read_csv('/etc/passwd')",
			"read_text('/etc/passwd')",
			"glob('/etc/*')",
			`read_csv('${outside}')`,
			`read_csv('${lake.paths.processed}/../../secret.csv')`,
			"read_parquet('https://example.com/x.parquet')",
		];
		for (const call of calls) expect((await failure(`SELECT * FROM ${call}`)).outcome).toBe("usage");
		expect((await failure(`SELECT * FROM '${outside}'`)).outcome).toBe("usage");
	});
});

describe("what is allowed besides SELECT", () => {
	test.beforeEach(({ crawledLake }) => use(crawledLake));

	test.each([
		"VALUES (1)",
		"FROM orders",
		"(SELECT 1)",
		"-- first\nWITH a AS (SELECT 1) SELECT * FROM a;",
		"EXPLAIN SELECT * FROM orders",
		"EXPLAIN ANALYZE SELECT * FROM orders",
		"SUMMARIZE orders",
		"SELECT ';' AS semicolon",
	])("%s", async (sql) => {
		expect((await rows(sql)).length).toBeGreaterThan(0);
	});
});

describe("errors", () => {
	test("an unknown table before any crawl names the crawl", async () => {
		expect((await failure("SELECT * FROM orders")).text).toMatchObject({
			what: "There is no table orders: nothing has been crawled yet.",
			next: "pipeline-cli crawl",
		});
	});

	test("an unknown table names the near ones and the place", async ({ crawledLake }) => {
		use(crawledLake);
		const { text, outcome } = await failure("SELECT *\nFROM order_changes");
		expect(outcome).toBe("usage");
		expect(text.what).toBe("There is no table order_changes. Did you mean orders_changes?");
		expect(text.why).toBe("LINE 2: FROM order_changes\n             ^");
		expect(text.next).toBe("pipeline-cli crawl");
	});

	test("a syntax error has DuckDB's words, the line and the caret", async () => {
		expect((await failure("SELECT 1\nFROM a b c")).text).toEqual({
			what: "The SQL has an error.",
			why: 'syntax error at or near "c"\n\nLINE 2: FROM a b c\n                 ^',
		});
	});

	test("an unknown column names the candidates", async ({ crawledLake }) => {
		use(crawledLake);
		const { text } = await failure("SELECT titel FROM orders");
		expect(text.why).toContain('"titel" not found');
		expect(text.why).toContain('"title"');
	});

	test("a value that cannot be converted is a failure, no wrong use", async () => {
		expect((await failure("SELECT CAST('x' AS INTEGER)")).outcome).toBe("failure");
	});

	test("a table damaged after the crawl is named; the others answer", async () => {
		await fill(lake);
		await writeFile(join(lake.paths.processed, "classicmodels/orders/batch=2/a.parquet"), "PAR1 cut");
		const { text, outcome } = await failure("SELECT count(*) FROM orders_changes");
		expect(outcome).toBe("failure");
		expect(text.what).toContain("batch=2/a.parquet");
		expect(text.fix).toContain("remove the whole folder");
		expect(await rows("SELECT count(*) AS orders_changes FROM orders")).toEqual([[3]]);
	});

	// As a disk that lost power leaves them.
	test.for([
		["empty", () => Buffer.alloc(0)],
		["of zeros", (whole: Buffer) => Buffer.alloc(whole.length)],
		["cut", (whole: Buffer) => whole.subarray(0, whole.length / 2)],
		["gone", undefined],
	] as const)("a data file that is %s is named, with what to do", async ([, damage]) => {
		await fill(lake);
		const [path = ""] = (await icebergFiles(join(lake.paths.processed, "current/classicmodels/orders"))).current.map(
			(file) => file.path,
		);
		if (damage === undefined) await rm(path);
		else await writeFile(path, damage(await readFile(path)));
		const { text } = await failure('SELECT max("orderNumber") FROM orders');
		expect([text.what, text.next]).toEqual([expect.stringContaining(path), "pipeline-cli run-etl"]);
		expect(text.fix).toContain("remove the whole folder");
		// A job may have put another in its place.
		expect(text.fix?.startsWith("Run the query again")).toBe(damage === undefined);
	});
});

test("an abort interrupts the statement and ends with its reason", async () => {
	const reason = new PipelineError("timeout", { what: "query did not end within 1s." });
	const endless = run("SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 3");
	setTimeout(() => lake.abort(reason), 200);
	await expect(endless).rejects.toBe(reason);
});
