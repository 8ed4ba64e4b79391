import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect } from "vitest";
import { queryStates } from "../../cli/engines/aws/query/athenaQuery.ts";
import { it } from "../support/aws/awsFixtures.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = own;
});

interface Result {
	columns: { name: string; type: string }[];
	rows: unknown[][];
	scannedBytes?: number;
	usd?: number;
	reused?: boolean;
}

describe("query on Athena", () => {
	it("asks in the stack's workgroup and database; values by type, bytes and price", async () => {
		aws.athena.answer = () => ({
			columns: [
				["i", "integer"],
				["b", "bigint"],
				["big", "bigint"],
				["d", "double"],
				["x", "decimal"],
				["t", "boolean"],
				["s", "varchar"],
			],
			rows: [
				["1", "2", "9007199254740993", "0.5", "12345678901234567.89", "true", "text"],
				[null, null, null, "NaN", null, "false", null],
			],
			scanned: 50_000_000,
		});
		const { code, document } = await aws.json<Result>("query", "SELECT 1");
		expect(code).toBe(0);
		// As the catalog and the local stack name them.
		expect(document.columns.map(({ type }) => type)).toEqual([
			"int",
			"bigint",
			"bigint",
			"double",
			"decimal(19,2)",
			"boolean",
			"string",
		]);
		expect(document.rows).toEqual([
			[1, 2, "9007199254740993", 0.5, "12345678901234567.89", true, "text"],
			[null, null, null, "NaN", null, false, null],
		]);
		expect(document).toMatchObject({ scannedBytes: 50_000_000, usd: 0.00025, reused: false });
		expect(aws.endpoint.inputs("athena", "StartQueryExecution")[0]).toMatchObject({
			WorkGroup: "dev",
			QueryExecutionContext: { Database: "analytics_pipeline_dev" },
		});
	});

	it("is exported to Parquet with the types of its columns", async () => {
		aws.athena.answer = () => ({
			columns: [
				["i", "integer"],
				["r", "real"],
				["x", "decimal"],
				["s", "varchar"],
				["d", "date"],
				["at", "timestamp"],
				["bytes", "varbinary"],
				["nested", "row"],
			],
			rows: [
				["1", "0.5", "12345678901234567.89", "text", "9999-12-31", "2026-01-02 03:04:05.678", "00 ff", "{a=1, b=[2]}"],
				[null, "NaN", "1.10", "", null, null, null, null],
			],
		});
		const path = join(dirname(aws.file), "answer.parquet");
		expect((await aws.run("export", "SELECT 1", "--format", "parquet", "--output", path)).code).toBe(0);
		const connection = await (await DuckDBInstance.create(":memory:")).connect();
		const read = await connection.runAndReadAll(`SELECT * FROM '${path}'`);
		expect(read.columnTypes().map(String)).toEqual([
			"INTEGER",
			"FLOAT",
			"DECIMAL(19,2)",
			"VARCHAR",
			"DATE",
			"TIMESTAMP",
			"BLOB",
			"VARCHAR",
		]);
		expect(read.getRowsJson()).toEqual([
			[1, 0.5, "12345678901234567.89", "text", "9999-12-31", "2026-01-02 03:04:05.678", "\\x00\\xFF", "{a=1, b=[2]}"],
			[null, "NaN", "1.10", "", null, null, null, null],
		]);
		connection.closeSync();
	});

	it("reads all pages, and takes the header for no row", async () => {
		aws.athena.pageSize = 100;
		aws.athena.answer = () => ({
			columns: [["n", "integer"]],
			rows: Array.from({ length: 250 }, (_, n) => [String(n)]),
		});
		const { document } = await aws.json<Result>("query", "SELECT n FROM t");
		expect(document.rows.map(([n]) => n)).toEqual(Array.from({ length: 250 }, (_, n) => n));
	});

	it("charges ten megabytes at least", async () => {
		expect((await aws.json<Result>("query", "SELECT 1")).document.usd).toBe(0.00005);
	});

	it("takes an answer of before only where it is asked to", async () => {
		await aws.run("query", "SELECT 1");
		await aws.run("query", "SELECT 1", "--reuse", "60");
		const [fresh, reused] = aws.endpoint.inputs("athena", "StartQueryExecution");
		expect(fresh).not.toHaveProperty("ResultReuseConfiguration");
		expect(reused?.ResultReuseConfiguration).toEqual({
			ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 },
		});
	});

	it("bad SQL is shown with its place", async () => {
		aws.athena.answer = () => ({
			State: "FAILED",
			StateChangeReason: "SYNTAX_ERROR: line 2:8: Column 'nam' cannot be resolved",
			AthenaError: { ErrorCategory: 2, ErrorMessage: "" },
		});
		const { code, err } = await aws.run("query", "SELECT\n  name, nam\nFROM wp_terms");
		expect(code).toBe(2);
		expect(err).toContain("LINE 2:   name, nam");
		expect(err).toContain("Column 'nam' cannot be resolved");
	});

	it("a failure of the system is not a fault of the statement", async () => {
		aws.athena.answer = () => ({
			State: "FAILED",
			StateChangeReason: "INTERNAL_ERROR",
			AthenaError: { ErrorCategory: 1, ErrorMessage: "" },
		});
		expect((await aws.run("query", "SELECT 1")).code).toBe(1);
	});

	it("one that was cancelled says so", async () => {
		aws.athena.answer = () => ({ State: "CANCELLED", StateChangeReason: "Bytes scanned limit was exceeded" });
		const { code, err } = await aws.run("query", "SELECT 1");
		expect(code).toBe(1);
		expect(err).toContain("Bytes scanned limit was exceeded");
	});

	it("a state that nobody documented is an error that names it", async () => {
		aws.athena.before = [{ State: "PONDERING" }];
		const { code, err } = await aws.run("query", "SELECT 1");
		expect(code).toBe(1);
		expect(err).toContain("PONDERING");
	});

	it("has a test for every documented state", () => {
		expect(Object.keys(queryStates).sort()).toEqual(["CANCELLED", "FAILED", "QUEUED", "RUNNING", "SUCCEEDED"]);
	});

	it("one that never ends is stopped at the timeout, since it costs", async () => {
		aws.athena.before = Array.from({ length: 100 }, () => ({ State: "RUNNING" }));
		const { code } = await aws.run("query", "SELECT 1", "--timeout", "1s");
		expect(code).toBe(9);
		expect(aws.endpoint.inputs("athena", "StopQueryExecution")).toEqual([{ QueryExecutionId: "query-1" }]);
	});

	it.each([
		"INSERT INTO t VALUES (1)",
		"DROP TABLE t",
		"-- a comment\n/* and */ DELETE FROM t",
		"CREATE TABLE t AS SELECT 1",
	])("refuses %s", async (sql) => {
		expect((await aws.run("query", sql)).code).toBe(2);
		expect(aws.endpoint.calls).toEqual([]);
	});
});
