import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { DefinedChart } from "../../../etl/contract/pipeline/pipeline.ts";
import { testContext } from "../../../tests/support/context.ts";
import { it } from "../../../tests/support/fixtures.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Query } from "../../engines/port.ts";
import { chartResults, mostRows } from "./chartResults.ts";

const context = testContext();

const chart = (fields: Partial<DefinedChart>): DefinedChart => ({
	title: "A",
	query: "a.sql",
	type: "bar",
	x: "name",
	y: ["n"],
	formats: {},
	aggregates: {},
	times: {},
	labels: {},
	filters: [],
	...fields,
});

describe("chartResults", () => {
	let folder: string;
	it.beforeAll(async ({ fileFolder }) => {
		folder = fileFolder;
		await writeFile(join(folder, "a.sql"), "SELECT name, n FROM orders");
		await writeFile(
			join(folder, "b.sql"),
			"SELECT 1 FROM orders JOIN Missing ON true JOIN db.gone USING (i) JOIN else_where.x ON true",
		);
	});

	let asked: string[] = [];
	const answer = (rows: unknown[][] | Error): Query => ({
		run: async (sql) => {
			asked.push(sql);
			if (rows instanceof Error) throw rows;
			return { columns: ["name", "n"].map((name) => ({ name, type: "string" })), rows, seconds: 0 };
		},
	});
	const results = (charts: DefinedChart[], rows: unknown[][] | Error = [["x", 1]]) => {
		asked = [];
		return chartResults(charts, folder, { database: "db", tables: [{ name: "orders" }] }, answer(rows), context);
	};
	const fault = async (fields: Partial<DefinedChart>, rows?: unknown[][] | Error) =>
		(await results([chart(fields)], rows)).charts[0]?.fault;

	it("asks a query once, however many charts show it, and gives each chart a name of its own", async () => {
		const { charts, results: tables } = await results([chart({}), chart({ title: "a!" }), chart({ title: "日本" })]);
		expect(asked).toEqual(["SELECT name, n FROM orders"]);
		expect(charts.map(({ id }) => id)).toEqual(["a", "a-2", "chart"]);
		expect(Object.keys(tables)).toEqual(["a.sql"]);
	});

	it("does not ask for tables that are not there; those of another database are the engine's to know", async () => {
		const { waiting, charts } = await results([chart({ title: "B", query: "b.sql" })]);
		expect(waiting).toEqual([{ title: "B", tables: ["Missing", "gone"] }]);
		expect([charts, asked]).toEqual([[], []]);
	});

	it("says in one line why a chart cannot be drawn, and draws the others", async () => {
		const broken = new PipelineError("usage", {
			what: "The SQL has an error.",
			why: "no column x\nLINE 1:",
			next: "pipeline-cli crawl",
		});
		expect(await fault({}, broken)).toEqual({ why: "The SQL has an error. no column x", next: "pipeline-cli crawl" });
		expect(await fault({ query: "none.sql" })).toEqual({ why: "The file none.sql does not exist." });
		expect(await fault({ y: ["nn"] })).toEqual({
			why: "The query returns no column nn. Its columns: name, n. Did you mean n?",
		});
		expect(await fault({ filters: ["day"] })).toMatchObject({
			why: "The query returns no column day. Its columns: name, n.",
		});
		expect(await fault({ y: ["name"], x: "n" })).toMatchObject({
			why: expect.stringContaining("The column name is not numeric"),
		});
		expect(await fault({ y: ["name"], x: "n", aggregates: { name: "count_distinct" } })).toBeUndefined();
		const { charts } = await results([chart({ query: "none.sql" }), chart({ title: "B" })]);
		expect(charts.map((shown) => shown.fault === undefined)).toEqual([false, true]);
	});

	it("refuses more rows than a page takes", async () => {
		const rows = Array.from({ length: mostRows + 1 }, () => ["x", 1]);
		expect(await fault({}, rows)).toEqual({
			why: "The query returns 50,001 rows; a chart can show at most 50,000. Aggregate them in the query by x, series and filters.",
		});
	});

	it("takes numbers that an engine gives as text, exact to their last digit", async () => {
		const { results: tables } = await results(
			[chart({})],
			[
				["x", "0.10"],
				["y", 2],
				[null, null],
			],
		);
		expect(tables["a.sql"]?.columns).toEqual([
			{ name: "name", kind: "text", texts: ["x", "y"], cells: [0, 1, -1] },
			{ name: "n", kind: "number", scale: 2, cells: [10, 200, null] },
		]);
	});
});
