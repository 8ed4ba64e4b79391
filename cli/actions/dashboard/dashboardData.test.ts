import { type DuckDBConnection, DuckDBInstance, VARCHAR } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jobsToCurrentTables } from "../../../etl/contract/contract.ts";
import { testContext } from "../../../tests/support/context.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import { PipelineError } from "../../common/errors.ts";
import { fromDuckDb } from "../../engines/duckdb/columnTypes.ts";
import { toPlain } from "../../engines/duckdb/values.ts";
import type { ObjectStore, Query, QueryResult, Stack } from "../../engines/port.ts";
import { dashboardData } from "./dashboardData.ts";

const context = testContext();

const customers = 1003;
/** A commit time, as the change log has it, of half an hour ago. */
const recent = new Date(Date.now() - 1_800_000).toISOString().slice(0, 23).replace("T", " ").concat("000");
const hour = recent.slice(0, 13);

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
			CREATE TABLE orders AS SELECT i FROM range(7) AS t(i);
			CREATE TABLE orders_changes AS SELECT * FROM (VALUES
				('O', '2026-11-20 10:00:00.000000'), ('I', '2026-11-20 11:00:00.250000'), ('I', '2026-11-20 12:00:00.750000'),
				('D', '${recent}')) AS t(cdc_op, cdc_commit_time);
			CREATE TABLE wp_terms_changes AS SELECT * FROM (VALUES ('O', '2026-11-20 10:00:00.000000', 'toys'),
				('I', '${recent}', 'games'), ('I', '${recent}', NULL), ('I', '${recent}', 'pipeline-cli-verify-1795990000000-1'))
				AS t(cdc_op, cdc_commit_time, slug);
			CREATE TABLE heartbeat_changes AS SELECT 'I' AS cdc_op, '${recent}' AS cdc_commit_time`);
	});

	afterAll(() => {
		connection.closeSync();
		instance.closeSync();
	});

	const query: Query = {
		run: async (sql): Promise<QueryResult> => {
			if (sql.includes("broken_changes")) throw new PipelineError("failure", { what: "A table cannot be read." });
			const reader = await connection.runAndReadAll(sql);
			return {
				columns: reader
					.columnNames()
					.map((name, at) => ({ name, type: fromDuckDb(reader.columnTypes()[at] ?? VARCHAR) })),
				rows: reader.getRows().map((row) => row.map(toPlain)),
				seconds: 0,
			};
		},
	};

	const sold = ["fact_orders", "dim_product", "dim_customer", "clickstream_data"];
	const logs = ["orders_changes", "wp_terms_changes", "heartbeat_changes", "broken_changes"];
	const locations: Record<string, string> = {
		clickstream_data: "raw/clickstream_data/",
		wp_terms_changes: "processed/wordpress-db/wp_terms/",
		heartbeat_changes: "processed/shop/heartbeat",
	};
	const tables = [...sold, ...logs, "orders"].map((name) => ({
		name,
		format: name === "clickstream_data" ? "json" : "parquet",
		location: `mem://${locations[name] ?? `processed/${name}/`}`,
	}));

	function zone(name: string, objects: { key: string; size: number; modified: Date }[]): ObjectStore {
		return {
			uri: `mem://${name}/`,
			async *list() {
				yield* objects;
			},
			fetch: async (key) => key,
			remove: async () => undefined,
		};
	}

	const startedAt = "2026-11-20T12:05:00.000Z";
	const report = {
		started_at: startedAt,
		finished_at: "2026-11-20T12:05:30.000Z",
		rows_written: 3,
		quality: [],
		set_aside: [],
		error: null,
	};
	const runs = (state: string, quality: unknown[] = []) => [
		{
			runId: "run-1",
			running: false,
			jobs: [
				...jobsToCurrentTables.map((job) => ({
					job,
					state: "succeeded" as const,
					report: { ...report, rows_written: 1 },
				})),
				{ job: "join-tables", state, report: { ...report, quality, started_at: "2026-11-20T12:05:20.000Z" } },
			],
		},
	];
	const jobsThat = (...ends: Parameters<typeof runs>) => ({
		runs: async () => runs(...ends),
		schedule: async () => ({ text: "every hour", running: true, nextRun }),
	});
	let behind: string | undefined;
	const nextRun = "2026-11-20T13:00:00.000Z";
	const modified = new Date("2026-11-20T12:04:00Z");

	const stack = {
		name: "test",
		engine: "local",
		query: async () => query,
		crawlers: async () => ({ registered: async () => ({ database: "analytics_pipeline_test", tables }) }),
		replication: async () => ({
			status: async () => ({
				state: "running",
				text: "Load complete",
				latencySeconds: 1.5,
				fullLoadProgress: 100,
				tables: { loaded: 1, loading: 0, queued: 0, errored: 0 },
			}),
		}),
		comparison: async () => ({ behind: async () => behind }),
		jobs: async () => jobsThat("succeeded"),
		raw: async () => zone("raw", [{ key: "clickstream_data/2026/a.gz", size: 5, modified }]),
		processed: async () =>
			zone("processed", [
				{ key: "orders/a.parquet", size: 10, modified },
				{ key: "orders_changes/batch=1/a.parquet", size: 7, modified },
				{ key: "other/a.parquet", size: 1000, modified },
			]),
	} as unknown as Stack;
	const asked = (on: Stack = stack) => dashboardData(on, shop, context);

	it("sums sales to the cent, and small customers beyond the first 1000 as one", async () => {
		const { results, charts } = await asked();
		const sales = results["dashboard/sales.sql"];
		const column = (name: string) => sales?.columns.find((found) => found.name === name);
		const customer = column("customer");
		if (customer?.kind !== "text") throw new Error("no customers");
		expect(customer.texts).toHaveLength(1000);
		expect(customer.texts).toContain("Renamed");
		expect(sales?.rows).toBe(1001);
		// Customers 1, 2 and 3 have the least: 6 dollars, 30 cents of profit, 6 units.
		const others = customer.cells.indexOf(-1);
		const cellOf = (name: string) => column(name)?.cells[others];
		expect([column("revenue"), column("profit")].map((found) => found?.kind === "number" && found.scale)).toEqual([
			0, 1,
		]);
		expect([cellOf("revenue"), cellOf("profit"), cellOf("units")]).toEqual([6, 3, 6]);
		expect(charts.map(({ id }) => id).slice(0, 3)).toEqual(["revenue", "profit", "units-sold"]);
		expect(charts.flatMap(({ fault }) => fault ?? [])).toEqual([]);
	});

	it("leaves out charts whose tables are not in the catalog, and says which they are", async () => {
		const { charts, waiting, database } = await asked();
		expect(waiting).toContainEqual({ title: "Departments by joined rows", tables: ["joint_tables"] });
		expect(waiting.find(({ title }) => title === "Changes by table")?.tables).toContain("payments_changes");
		expect(charts.map(({ chart }) => chart.title)).not.toContain("Departments by joined rows");
		expect(database).toBe("analytics_pipeline_test");
	});

	it("counts clicks without broken lines and those of no hour", async () => {
		const { results } = await asked();
		expect(results["dashboard/clicks.sql"]?.columns).toEqual([
			{ name: "hour", kind: "text", texts: ["2026-11-20 13:00:00"], cells: [0] },
			{ name: "day", kind: "text", texts: ["2026-11-20"], cells: [0] },
			{ name: "clicks", kind: "number", scale: 0, cells: [3] },
		]);
	});

	it("says of each table what it has, came and takes; one that cannot be read leaves the others alone", async () => {
		const { overview } = await asked();
		const found = overview.tables.ok ? overview.tables.value : [];
		expect(found.map(({ name }) => name)).toContain("broken");
		const log = { loaded: 1, inserts: 2, updates: 0, deletes: 1, lastHour: 1, lastDay: 1 };
		const newest = recent.replace(" ", "T").replace("000", "").slice(0, 23);
		expect(found.find(({ name }) => name === "orders")).toEqual({
			name: "orders",
			rows: 7,
			bytes: 17,
			log,
			newest: expect.stringContaining(newest.slice(0, 16)),
			lineage: expect.anything(),
		});
		expect(found.find(({ name }) => name === "wp_terms")).toMatchObject({ log: { loaded: 1, lastDay: 3 } });
		expect(found.find(({ name }) => name === "clickstream_data")).toMatchObject({
			bytes: 5,
			lineage: { from: [{ kind: "clicks", name: "clickstream" }] },
		});
		expect(overview.changes.columns[0]).toMatchObject({ texts: expect.arrayContaining([hour]) });
		expect(overview.replication).toEqual({
			ok: true,
			value: { state: "running", text: "Load complete", latencySeconds: 1.5 },
		});
	});

	it("leaves rows of verify-cdc out of the chart of changes: those with its mark, and its table of heartbeats", async () => {
		const changesIn = async (pipeline: typeof shop.pipeline) => {
			const { overview } = await dashboardData(stack, { ...shop, pipeline }, context);
			const [, changes] = overview.changes.columns;
			return changes?.kind === "number"
				? changes.cells.reduce<number>((sum, cell) => sum + Number(cell), 0)
				: undefined;
		};
		const { verify, ...without } = shop.pipeline;
		expect(await changesIn(without)).toBe(5);
		expect(await changesIn(shop.pipeline)).toBe(4);
		expect(verify?.marker).toEqual(["slug", "name"]);
		const heartbeat = { table: { schema: "shop", table: "heartbeat" }, rows: [], marker: [] };
		expect(await changesIn({ ...without, verify: heartbeat })).toBe(4);
	});

	it("is of the time when the last good run began, and says what makes it older than it should be", async () => {
		const { overview } = await asked();
		expect([overview.asOf, overview.stale, overview.behind]).toEqual([startedAt, [], false]);
		expect(overview.nextRun).toBe(nextRun);
		expect(overview.runs).toMatchObject({
			ok: true,
			value: [{ runId: "run-1", state: "succeeded", seconds: 30, rowsWritten: 6 }],
		});
		behind = "it has stood";
		expect((await asked()).overview.stale).toEqual([{ text: "Replication is behind the source: it has stood." }]);
		behind = undefined;
		const status = { state: "failed", text: "Failed", lastError: "It crashed 3 times after binlog.000007:4." };
		const broken = { ...stack, replication: async () => ({ status: async () => status }) } as unknown as Stack;
		expect((await asked(broken)).overview.stale).toEqual([
			{ text: `Replication has failed, so no new changes reach the lake. ${status.lastError}` },
		]);
		const rule = { table: "orders", rule: "not_null(id)", severity: "error", failed_rows: 3, examples: [] };
		const later = new Date("2026-11-20T13:00:00Z");
		const stale = {
			...stack,
			jobs: async () => jobsThat("quality_failed", [rule]),
			replication: async () => ({ status: async () => ({ state: "stopped", text: "Stopped" }) }),
			raw: async () => zone("raw", [{ key: "a/b.parquet", size: 1, modified: later }]),
		} as unknown as Stack;
		const old = (await asked(stale)).overview;
		expect(old.behind).toBe(true);
		expect(old.stale).toEqual([
			{ text: "Run run-1 found rows that break rules (join-tables). Their tables keep their previous state." },
			{ text: "Not everything is processed: the newest file in the raw zone is from", at: later.toISOString() },
			{ text: "No new changes arrive: replication is stopped." },
		]);
		expect(old.runs).toMatchObject({
			value: [
				{
					state: "quality_failed",
					failures: [{ job: "join-tables", why: "broken rules: 1" }],
					rules: [{ table: "orders", rule: "not_null(id)", severity: "error", failedRows: 3 }],
				},
			],
		});
		const failed = { ...stack, jobs: async () => jobsThat("failed") } as unknown as Stack;
		expect((await asked(failed)).overview.stale).toEqual([{ text: "Run run-1 failed: join-tables." }]);
	});

	it("says what is not known, and does not look as if all were well", async () => {
		const cannot = (what: string) => async () => {
			throw new PipelineError("serviceRefused", { what });
		};
		const blind = {
			...stack,
			jobs: async () => ({ runs: cannot("No runs."), schedule: async () => undefined }),
			replication: async () => ({ status: cannot("No task.") }),
		} as unknown as Stack;
		const { overview } = await asked(blind);
		expect(overview).not.toHaveProperty("behind");
		expect(overview.stale.map(({ text }) => text)).toEqual([
			"Cannot determine whether a run failed: No runs.",
			"Cannot determine whether everything is processed: No runs.",
			"Cannot determine whether new changes arrive: No task.",
		]);
	});

	it("asks AWS less often, where each query costs", async () => {
		expect((await asked()).refreshSeconds).toBeGreaterThanOrEqual(5);
		expect((await asked({ ...stack, engine: "aws" } as Stack)).refreshSeconds).toBe(300);
	});
});
