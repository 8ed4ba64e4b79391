import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { unzipSync } from "fflate";
import { describe, expect } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import { test } from "../../../tests/support/fixtures.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Query, QueryResult, Stack } from "../../engines/port.ts";
import { exportRows } from "./exportRows.ts";

let folder: string;
let asked: string[];

test.beforeEach(async ({ folder: own }) => {
	folder = own;
	asked = [];
});

const context = testContext();

const result: QueryResult = {
	columns: [
		{ name: "name", type: "string" },
		{ name: "amount", type: "decimal(10,2)" },
		{ name: "big", type: "bigint" },
		{ name: "day", type: "date" },
		{ name: "at", type: "timestamp" },
		{ name: "bytes", type: "binary" },
		{ name: "ratio", type: "double" },
		{ name: "details", type: "struct<a:int,b:array<date>>" },
		{ name: "name", type: "boolean" },
	],
	rows: [
		[
			'=SUM(A1)\n"ü"',
			1.1,
			"9007199254740993",
			"2026-01-02",
			"2026-01-02 03:04:05.678901",
			"00ff",
			0.5,
			{ a: 1, b: ["2026-01-02"] },
			true,
		],
		["<b>&\u0000\u{1F600}", 1234, 5, "0001-01-01", "2026-01-02 03:04:05 UTC", null, "NaN", null, false],
		[null, null, null, null, null, null, null, null, null],
	],
	seconds: 0.1,
};

/** A stack whose query engine gives one answer and keeps what it was asked. */
function stackWith(answer: QueryResult): Stack {
	const query: Query = {
		run: async (sql) => {
			asked.push(sql);
			return answer;
		},
	};
	return { query: async () => query, definition: async () => shop } as unknown as Stack;
}

const save = (
	format: "csv" | "parquet" | "xlsx",
	answer = result,
	what = "fact_orders",
	file = `out.${format}`,
	safe = true,
) => exportRows(stackWith(answer), { what, format, output: join(folder, file), safe }, context);

async function sheet(): Promise<string> {
	const files = unzipSync(await readFile(join(folder, "out.xlsx")));
	const text = (name: string): string => Buffer.from(files[name] ?? []).toString();
	return text("xl/worksheets/sheet1.xml") + text("xl/sharedStrings.xml");
}

describe("what is exported", () => {
	test.each([
		["fact_orders", 'SELECT * FROM "fact_orders"'],
		["SELECT 1 AS one", "SELECT 1 AS one"],
	])("%s asks for %s", async (what, sql) => {
		await save("csv", result, what);
		expect(asked).toEqual([sql]);
	});

	test("a named query asks for its SQL", async () => {
		await save("csv", result, "order_funnel");
		expect(asked[0]).toContain("percent_of_placed");
	});
});

test("csv has every row, and texts that begin like formulas as they are only where that is wanted", async () => {
	await save("csv", result, "fact_orders", "raw.csv", false);
	expect(await readFile(join(folder, "raw.csv"), "utf8")).toContain('"=SUM(A1)\n""ü""",1.10,');
	const saved = await save("csv");
	const text = await readFile(join(folder, "out.csv"), "utf8");
	expect(saved).toEqual({ path: join(folder, "out.csv"), rows: 3, bytes: Buffer.byteLength(text) });
	expect(text.split("\r\n")).toHaveLength(5);
	expect(text).toContain('"\'=SUM(A1)\n""ü""",1.10,9007199254740993,2026-01-02,');
});

test("parquet has the types of the result and equal values", async () => {
	await save("parquet");
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const path = join(folder, "out.parquet");
	const types = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`);
	expect(types.getRowsJson().map((row) => row.slice(0, 2))).toEqual([
		["name", "VARCHAR"],
		["amount", "DECIMAL(10,2)"],
		["big", "BIGINT"],
		["day", "DATE"],
		["at", "TIMESTAMP"],
		["bytes", "BLOB"],
		["ratio", "DOUBLE"],
		["details", "STRUCT(a INTEGER, b DATE[])"],
		["name_2", "BOOLEAN"],
	]);
	const rows = (await connection.runAndReadAll(`SELECT * FROM '${path}'`)).getRowsJson();
	expect(rows).toEqual([
		[
			'=SUM(A1)\n"ü"',
			"1.10",
			"9007199254740993",
			"2026-01-02",
			"2026-01-02 03:04:05.678901",
			"\\x00\\xFF",
			0.5,
			{ a: 1, b: ["2026-01-02"] },
			true,
		],
		["<b>&\u0000\u{1F600}", "1234.00", "5", "0001-01-01", "2026-01-02 03:04:05", null, "NaN", null, false],
		[null, null, null, null, null, null, null, null, null],
	]);
	connection.closeSync();
	instance.closeSync();
	expect(await readdir(folder)).toEqual(["out.parquet"]);
});

test("parquet of no row keeps its columns", async () => {
	expect(await save("parquet", { ...result, rows: [] })).toMatchObject({ rows: 0 });
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const found = await connection.runAndReadAll(`SELECT * FROM '${join(folder, "out.parquet")}'`);
	expect(found.columnNames()).toHaveLength(9);
	expect(found.getRows()).toEqual([]);
	connection.closeSync();
	instance.closeSync();
});

test("files of many rows, which are written piece by piece, have each row once and in order", async () => {
	const rows = Array.from({ length: 2500 }, (_, at) => [at]);
	const many = { columns: [{ name: "n", type: "int" }], rows, seconds: 0 };
	await save("csv", many);
	expect((await readFile(join(folder, "out.csv"), "utf8")).split("\r\n").slice(1, -1).map(Number)).toEqual(rows.flat());
	await save("parquet", many);
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const found = await connection.runAndReadAll(`SELECT n FROM '${join(folder, "out.parquet")}'`);
	expect(found.getRows()).toEqual(rows);
	connection.closeSync();
	instance.closeSync();
});

test("xlsx has numbers, dates and text as such, and no formula", async () => {
	await save("xlsx");
	const xml = await sheet();
	expect(xml).not.toContain("<f>");
	expect(xml).toContain("=SUM(A1)");
	expect(xml).toContain("&lt;b&gt;&amp;");
	expect(xml).toMatch(/<c r="B2"[^>]*><v>1\.1<\/v>/);
	// 2026-01-02 is day 46024 of Excel's calendar.
	expect(xml).toMatch(/<c r="D2"[^>]*><v>46024<\/v>/);
	expect(xml).toMatch(/<c r="E2"[^>]*><v>46024\.127/);
	// Beyond 2^53, and before Excel's calendar begins: text.
	expect(xml).toContain("9007199254740993");
	expect(xml).toContain("0001-01-01");
});

describe("what Excel cannot hold is refused, with the way out", () => {
	const one = { columns: [{ name: "x", type: "string" }], seconds: 0 };

	test("too many rows", async () => {
		const rows = Array.from({ length: 1_048_576 }, () => [null]);
		await expect(save("xlsx", { ...one, rows })).rejects.toMatchObject({
			outcome: "usage",
			text: { what: "An Excel sheet cannot hold 1048576 rows.", fix: expect.stringContaining("csv or parquet") },
		});
	});

	test("too long a text, and no file is left", async () => {
		await expect(save("xlsx", { ...one, rows: [["x".repeat(32_768)]] })).rejects.toThrow("32768 characters in x");
		expect(await readdir(folder)).toEqual([]);
	});
});

test("a file that is there is not replaced, and nothing is asked", async () => {
	await writeFile(join(folder, "out.csv"), "mine");
	await expect(save("csv")).rejects.toMatchObject({
		outcome: "usage",
		text: { what: expect.stringContaining("exists") },
	});
	expect(await readFile(join(folder, "out.csv"), "utf8")).toBe("mine");
	expect(asked).toEqual([]);
});

test.each([
	["nowhere/out.csv", "nowhere does not exist.", "mkdir -p"],
	["file/out.csv", "file is not a folder.", undefined],
])("%s is refused with its reason, and nothing is asked", async (output, why, next) => {
	await writeFile(join(folder, "file"), "");
	const failure = await save("csv", result, "fact_orders", output).catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(PipelineError);
	const { outcome, text } = failure as PipelineError;
	expect(outcome).toBe("usage");
	expect(text.what).toBe(`${join(folder, output)} cannot be written.`);
	expect(text.why).toContain(why);
	expect(text.fix).toBeDefined();
	expect(text.next?.split(" /")[0]).toBe(next);
	expect(asked).toEqual([]);
});
