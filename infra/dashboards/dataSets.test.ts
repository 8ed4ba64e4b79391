import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";
import { shop } from "../../tests/support/sampleShop.ts";
import { type ChartSource, chartDataSets, type DataSource, dataSetSql } from "./dataSets.ts";

const chart = (fields: Partial<DefinedChart>): DefinedChart => ({
	title: "A",
	query: "a.sql",
	type: "bar",
	y: [],
	formats: {},
	aggregates: {},
	times: {},
	labels: {},
	filters: [],
	...fields,
});

const athena: DataSource = { engine: "athena", database: "db", views: [] };

describe("the data sets of charts", () => {
	it("are one for each query, with the columns that its charts name, as they use them", () => {
		const sources: ChartSource[] = [
			{
				chart: chart({
					x: "month",
					y: ["revenue"],
					filters: ["day", "country"],
					times: { month: "month", day: "day" },
				}),
				sql: "S",
			},
			{ chart: chart({ title: "B", type: "number", y: ["buyer"], aggregates: { buyer: "count_distinct" } }), sql: "S" },
			{
				chart: chart({ title: "C", query: "x/a.sql", type: "table", y: ["name", "price"], formats: { price: "usd" } }),
				sql: "T",
			},
		];
		expect(chartDataSets(sources)).toEqual([
			{
				query: "a.sql",
				identifier: "a",
				sql: "S",
				columns: [
					{ name: "month", type: "DATETIME" },
					{ name: "revenue", type: "DECIMAL" },
					{ name: "day", type: "DATETIME" },
					{ name: "country", type: "STRING" },
					{ name: "buyer", type: "STRING" },
				],
			},
			{
				query: "x/a.sql",
				identifier: "a-2",
				sql: "T",
				columns: [
					{ name: "name", type: "STRING" },
					{ name: "price", type: "DECIMAL" },
				],
			},
		]);
	});

	it("leave out a table that names no columns, as nothing says which there are", () => {
		expect(chartDataSets([{ chart: chart({ type: "table" }), sql: "S" }])).toEqual([]);
	});

	it("ask tables by their whole names: of the catalog, or of the warehouse where it has a view", () => {
		const [data] = chartDataSets([
			{ chart: chart({ x: "x", y: ["y"] }), sql: "-- a\nSELECT x, y FROM sales JOIN Other_Table USING (i), z.own;\n" },
		]);
		if (data === undefined) throw new Error("no data set");
		expect(dataSetSql(data, athena)).toBe(
			'SELECT CAST("x" AS varchar) AS "x", CAST("y" AS double) AS "y"\nFROM (\n-- a\nSELECT x, y FROM "db"."sales" JOIN "db"."Other_Table" USING (i), z.own\n) AS chart',
		);
		expect(dataSetSql(data, { engine: "warehouse", database: "db", views: ["sales"] })).toContain(
			'FROM analytics."sales" JOIN lake."Other_Table" USING (i), z.own',
		);
	});
});

/** Ada was renamed between her two orders; a line has an unknown product, an order an unknown customer. */
const shopTables = `
	CREATE TABLE dim_customer AS SELECT * FROM (VALUES
		(11, 1, 'Ada', TIMESTAMP '1900-01-01'), (12, 1, 'Ada Ltd', TIMESTAMP '2026-02-01'),
		(21, 2, 'Bob & Co', TIMESTAMP '1900-01-01'), (31, 3, 'Bob & Co', TIMESTAMP '1900-01-01'))
		t(customer_key, customer_number, customer_name, valid_from);
	CREATE TABLE dim_product AS SELECT * FROM (VALUES (1, 'Cars', 'Coupe'), (3, 'Ships', 'Titanic'))
		t(product_key, product_line, product_name);
	CREATE TABLE fact_orders AS
		SELECT * REPLACE (amount::DECIMAL(18,2) AS amount, profit::DECIMAL(18,2) AS profit) FROM (VALUES
		(100, 11, 1, 1, DATE '2025-12-30', 'Belgium', 'Shipped', 2, 30.00, 10.00),
		(101, 21, 2, 9, DATE '2026-01-05', 'USA', 'Shipped', 3, 90.00, NULL),
		(102, NULL, 4, 1, DATE '2026-01-20', NULL, 'On Hold', 1, 12.50, 2.50),
		(104, NULL, 3, 1, DATE '2026-01-21', 'USA', 'Shipped', 1, 1.00, 0.50),
		(103, 12, 1, 3, DATE '2026-03-01', 'France', 'Shipped', 10, 60.00, 5.00))
		t(order_number, customer_key, customer_number, product_key, order_date, country, status, quantity, amount, profit);
	CREATE TABLE clickstream_data AS SELECT * FROM (VALUES
		('2026', '11', '19', '23', 1), ('2026', '11', '19', '23', 2), ('2026', '11', '20', '00', 1),
		('2026', '11', '20', '00', NULL), ('', '', '', '', 1))
		t(year, month, day, hour, productid);
	CREATE TABLE joint_tables AS SELECT * FROM (VALUES
		('Toys', '2026-11-19-23'), ('Toys', '2026-11-20-00'), ('Books', '2026-11-20-00')) t(department, click_hour);`;

describe("the data sets of the shop", () => {
	let instance: DuckDBInstance;
	let ask: (sql: string) => Promise<unknown[][]>;
	const sources = shop.pipeline.charts
		.filter(({ query }) => query !== "queries/change_activity.sql")
		.map((entry) => ({ chart: entry, sql: readFileSync(join(shop.folder, entry.query), "utf8") }));
	const sets = chartDataSets(sources);
	const sqlOf = (query: string): string => {
		const data = sets.find((set) => set.query === query);
		if (data === undefined) throw new Error(query);
		return `(${dataSetSql(data, { ...athena, database: "main" })})`;
	};

	beforeAll(async () => {
		instance = await DuckDBInstance.create(":memory:");
		const connection = await instance.connect();
		await connection.run(shopTables);
		ask = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
	});

	afterAll(() => instance.closeSync());

	it.each(sets)("of $query has the columns that it declares, of their types", async (data) => {
		const described = await ask(`DESCRIBE ${sqlOf(data.query)}`);
		const types = { STRING: "VARCHAR", DECIMAL: "DOUBLE", DATETIME: "TIMESTAMP" };
		expect(described.map(([name, type]) => [name, type])).toEqual(
			data.columns.map(({ name, type }) => [name, types[type]]),
		);
	});

	it("have each order line once, customers of one name apart, those of no name by their number", async () => {
		const sales = sqlOf("dashboard/sales.sql");
		expect(await ask(`SELECT sum(revenue), sum(profit), sum(units) FROM ${sales}`)).toEqual([[193.5, 18, 17]]);
		expect(await ask(`SELECT customer, sum(revenue) FROM ${sales} GROUP BY 1 ORDER BY 1`)).toEqual([
			["Ada Ltd", 90],
			["Bob & Co (2)", 90],
			["Bob & Co (3)", 1],
			["Customer 4", 12.5],
		]);
		const named = readFileSync(join(shop.folder, "queries/sales_by_country.sql"), "utf8").replace(/;\s*$/, "");
		const byCountry = await ask(`SELECT country, revenue FROM (${named})`);
		expect(await ask(`SELECT country, sum(revenue) FROM ${sales} GROUP BY 1 ORDER BY 2 DESC`)).toEqual(
			byCountry.map(([country, revenue]) => [country, Number(revenue)]).sort((a, b) => Number(b[1]) - Number(a[1])),
		);
	});

	it("have departments by day, and clicks by hour without broken lines and those of no hour", async () => {
		const days = await ask(
			`SELECT CAST(day AS varchar), department, joined_rows FROM ${sqlOf("dashboard/departments.sql")} ORDER BY ALL`,
		);
		expect(days).toEqual([
			["2026-11-19 00:00:00", "Toys", 1],
			["2026-11-20 00:00:00", "Books", 1],
			["2026-11-20 00:00:00", "Toys", 1],
		]);
		expect(
			await ask(`SELECT CAST(hour AS varchar), clicks FROM ${sqlOf("dashboard/clicks.sql")} ORDER BY ALL`),
		).toEqual([
			["2026-11-19 23:00:00", 2],
			["2026-11-20 00:00:00", 1],
		]);
	});
});
