import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PipelineError } from "../common/errors.ts";
import { toPlain } from "../engines/duckdb/values.ts";
import type { Context, Query, QueryResult, Stack } from "../engines/port.ts";
import { dashboardData } from "./dashboard.ts";

const context: Context = {
	reporter: { task: (_, run) => run(() => undefined), note: () => undefined, warn: () => undefined },
	signal: new AbortController().signal,
};

const customers = 1003;

/** The dashboard's own SQL over tables in memory; joint_tables is missing. */
describe("dashboardData", () => {
	let instance: DuckDBInstance;
	let connection: DuckDBConnection;

	beforeAll(async () => {
		instance = await DuckDBInstance.create(":memory:");
		connection = await instance.connect();
		// Customer i has ordered for i dollars; the one with two versions counts once, under its newest name.
		await connection.run(`
			CREATE TABLE fact_orders AS
				SELECT DATE '2026-01-31' AS order_date, 'France' AS country, i AS customer_number, 1 AS product_key, 2 AS quantity,
					CAST(i AS DECIMAL(18,2)) AS amount, CAST(0.10 AS DECIMAL(18,2)) AS profit
				FROM range(1, ${customers + 1}) AS t(i);
			CREATE TABLE dim_product AS SELECT 1 AS product_key, 'Planes' AS product_line;
			CREATE TABLE dim_customer AS
				SELECT i AS customer_number, 'Customer ' || i AS customer_name, TIMESTAMP '1900-01-01' AS valid_from
				FROM range(1, ${customers + 1}) AS t(i)
				UNION ALL SELECT ${customers}, 'Renamed', TIMESTAMP '2026-02-01';
			CREATE TABLE clickstream_data AS
				SELECT 1 AS productid, '2026' AS year, '11' AS month, '20' AS day, '13' AS hour FROM range(3)
				UNION ALL SELECT NULL, '2026', '11', '20', '13'
				UNION ALL SELECT 1, '', '', '', '';
			CREATE TABLE orders_changes AS SELECT * FROM (VALUES
				('O', '2026-11-20 10:00:00.000000'), ('I', '2026-11-20 11:00:00.250000'), ('I', '2026-11-20 12:00:00.750000'),
				('D', '2026-11-20 11:30:00.000000')) AS t(cdc_op, cdc_commit_time);
			CREATE TABLE wp_terms_changes AS SELECT 'O' AS cdc_op, '2026-11-20 10:00:00.000000' AS cdc_commit_time`);
	});

	afterAll(() => {
		connection.closeSync();
		instance.closeSync();
	});

	const query: Query = {
		run: async (sql): Promise<QueryResult> => {
			if (sql.includes("joint_tables")) {
				throw new PipelineError("usage", { what: "There is no table joint_tables.", next: "pipeline-cli crawl" });
			}
			const reader = await connection.runAndReadAll(sql);
			return {
				columns: reader.columnNames().map((name) => ({ name, type: "string" })),
				rows: reader.getRows().map((row) => row.map(toPlain)),
				seconds: 0,
			};
		},
	};

	const stack = {
		name: "test",
		engine: "local",
		query: async () => query,
		crawlers: async () => ({
			registered: async () => ({
				database: "analytics_pipeline_test",
				tables: ["orders_changes", "orders", "wp_terms_changes"].map((name) => ({ name })),
			}),
		}),
		replication: async () => ({
			status: async () => ({ state: "running", text: "Load complete", latencySeconds: 1.5 }),
		}),
		jobs: async () => ({
			lastRun: async () => ({
				runId: "run-1",
				running: false,
				jobs: [
					{ job: "process-load", state: "succeeded" },
					{ job: "join-tables", state: "failed" },
				],
			}),
		}),
	} as unknown as Stack;

	it("sums sales to the cent, and small customers beyond the first 1000 as one", async () => {
		const { sales } = await dashboardData(stack, context);
		if (!sales.ok) throw new Error(sales.why);
		const { cells, customers: names, customerLimit } = sales.value;
		expect(customerLimit).toBe(1000);
		expect(names).toHaveLength(customerLimit);
		expect(names).toContain("Renamed");
		expect(cells).toHaveLength(customerLimit + 1);
		// Customers 1, 2 and 3 have the least: 6 dollars, 30 cents of profit, 6 units.
		expect(cells.find((cell) => cell[3] === -1)).toEqual([0, 0, 0, -1, 600, 30, 6]);
		expect(cells.reduce((sum, cell) => sum + cell[4], 0)).toBe((100 * customers * (customers + 1)) / 2);
	});

	it("tells of each change log what came, and when the newest change was committed", async () => {
		const { replication } = await dashboardData(stack, context);
		if (!replication.ok) throw new Error(replication.why);
		expect(replication.value).toEqual({
			state: "running",
			text: "Load complete",
			latencySeconds: 1.5,
			lastRun: { runId: "run-1", state: "failed" },
			tables: [
				{ table: "orders", inserts: 2, updates: 0, deletes: 1, loaded: 1, newest: "2026-11-20T12:00:00.750Z" },
				{ table: "wp_terms", inserts: 0, updates: 0, deletes: 0, loaded: 1 },
			],
		});
	});

	it("counts clicks without broken lines and those of no hour, and leaves a missing table to its own part", async () => {
		const data = await dashboardData(stack, context);
		expect(data.clicks).toEqual({ ok: true, value: { hours: [["2026-11-20-13", 3]] } });
		expect(data.departments).toEqual({
			ok: false,
			why: "There is no table joint_tables.",
			next: "pipeline-cli crawl",
		});
		expect(data.database).toBe("analytics_pipeline_test");
		expect(data.refreshSeconds).toBeGreaterThanOrEqual(5);
	});

	it("asks AWS less often, where each query costs", async () => {
		const onAws = { ...stack, engine: "aws" } as Stack;
		expect((await dashboardData(onAws, context)).refreshSeconds).toBe(300);
	});
});
