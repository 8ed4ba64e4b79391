import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { TrinoSQL } from "dt-sql-parser";
import { describe, expect } from "vitest";
import { namedQueries } from "../../../etl/definition/namedQueries.ts";
import { catalogName } from "../../../etl/definition/tables.ts";
import { test } from "../../../tests/support/fixtures.ts";
import { datasets } from "../../../tests/support/sampleShop.ts";

const folder = new URL("../queries/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".sql"));

const read = (file: string): Promise<string> => readFile(new URL(file, folder), "utf8");

describe("every named query", () => {
	test.each(files)("%s parses as Trino SQL (Athena) and is one statement", async (file) => {
		const trino = new TrinoSQL();
		const sql = await read(file);
		expect(trino.validate(sql)).toEqual([]);
		expect(trino.splitSQLByStatement(sql)).toHaveLength(1);
	});

	test.each(files)("%s has a title, what it answers, and its columns", async (file) => {
		const header = /^(?:-- [^\n]+\n)+/.exec(await read(file))?.[0].split("\n") ?? [];
		expect(header[0]).toMatch(/^-- [A-Z]/);
		expect(header.some((line) => line.startsWith("-- Columns: "))).toBe(true);
		expect(header.length).toBeGreaterThan(3);
	});

	test("is a grammar that refuses what Athena would", () => {
		const trino = new TrinoSQL();
		expect(trino.validate("SELECT a::int FROM t")).not.toEqual([]);
		expect(trino.validate("SELECT * FROM t QUALIFY 1 = 1")).not.toEqual([]);
	});
});

test("queries have the name of their file and the text of their header", async ({ folder: made }) => {
	await writeFile(join(made, "b.sql"), "-- Title of b\n-- What it answers,\n-- in two lines.\nSELECT 1 -- one\n");
	await writeFile(join(made, "a.sql"), "SELECT 2\n");
	await writeFile(join(made, "notes.md"), "not a query");
	await mkdir(join(made, "within"));
	await writeFile(join(made, "within", "c.sql"), "SELECT 3\n");
	expect(namedQueries(made)).toEqual([
		{ name: "a", title: "", description: "", sql: "SELECT 2\n" },
		{
			name: "b",
			title: "Title of b",
			description: "What it answers,\nin two lines.",
			sql: "-- Title of b\n-- What it answers,\n-- in two lines.\nSELECT 1 -- one\n",
		},
	]);
});

/** Ada moved and was renamed between her two orders; customer 3 is deleted. */
const sales = `
	CREATE TABLE dim_customer AS SELECT * FROM (VALUES
		(11, 1, 'Ada', 'Belgium', false), (12, 1, 'Ada Ltd', 'France', true),
		(21, 2, 'Bob & Co', 'USA', true), (31, 3, 'Gone', 'USA', false))
		t(customer_key, customer_number, customer_name, country, is_current);
	CREATE TABLE dim_product AS SELECT * FROM (VALUES (1, 'P1', 'Cars'), (2, 'P2', 'Cars'), (3, 'P3', 'Ships'))
		t(product_key, product_code, product_line);
	CREATE TABLE fact_orders AS
		SELECT * REPLACE (amount::DECIMAL(18,2) AS amount, profit::DECIMAL(18,2) AS profit) FROM (VALUES
		(100, 11, 1, 1, 'P1', DATE '2025-12-30', 'Belgium', 2, 30.00, 10.00),
		(100, 11, 1, 3, 'P3', DATE '2025-12-30', 'Belgium', 1, 8.25, 2.75),
		(101, 21, 2, 2, 'P2', DATE '2026-01-05', 'USA', 3, 90.00, 30.00),
		(102, 31, 3, 1, 'P1', DATE '2026-01-20', 'USA', 1, 12.50, 2.50),
		(103, 12, 1, 3, 'P3', DATE '2026-03-01', 'France', 10, 60.00, 5.00),
		(103, 12, 1, NULL, 'P9', DATE '2026-03-01', 'France', 1, 0.00, NULL))
		t(order_number, customer_key, customer_number, product_key, product_code, order_date, country, quantity, amount, profit);
	CREATE TABLE fact_payments AS SELECT * FROM (VALUES (1, 30.00::DECIMAL(18,2)), (1, 8.25)) t(customer_number, amount);`;

const orders = `
	CREATE TABLE orders AS SELECT * FROM (VALUES
		(DATE '2026-01-10', DATE '2026-01-02', 'Shipped'), (DATE '2026-01-10', DATE '2026-01-11', 'Shipped'),
		(DATE '2026-02-01', NULL, 'In Process'), (DATE '2026-03-10', NULL, 'Cancelled'))
		t(requireddate, shippeddate, status);`;

const clicks = `
	CREATE TABLE clickstream_data AS SELECT * FROM (VALUES
		('Toys', 49.99::DOUBLE), ('Toys', 50.0), ('Toys', 70.0), ('Books', 199.0), ('Books', 500.0), (NULL, NULL)) t(department, price);
	CREATE TABLE joint_tables AS SELECT * FROM (VALUES
		('Toys', 'Ball'), ('Toys', 'Ball'), ('Toys', 'Kite'), ('Books', 'Atlas'), (NULL, NULL)) t(department, productname);`;

const tableNames = datasets.flatMap(({ tables }) => tables.map(catalogName));

const changes = [
	...tableNames.map(
		(name) =>
			`CREATE TABLE ${name}_changes AS SELECT 'O' AS cdc_op, '2026-01-01 00:00:00.000000' AS cdc_commit_time FROM range(2)`,
	),
	"ALTER TABLE wp_terms_changes ADD COLUMN slug VARCHAR",
	`INSERT INTO wp_terms_changes VALUES
		('I', '2026-01-02 00:00:00.000000', 'toys'), ('I', '2026-01-03 00:00:00.000000', NULL),
		('I', '2026-01-05 00:00:00.000000', 'pipeline-cli-verify-1795990000000-1'), ('D', '2026-01-02 12:00:00.000000', 'toys')`,
	"INSERT INTO orders_changes VALUES ('U', '2026-01-04 00:00:00.000000')",
].join(";\n");

/** Rows of a named query over hand-made tables; decimals and dates as text. */
async function rows(file: string, tables: string): Promise<unknown[][]> {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	try {
		await connection.run(tables);
		const result = await connection.runAndReadAll(await read(file));
		return result.getRowsJson();
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}

describe("answers", () => {
	test("product-line performance, with a line of an unknown product", async () => {
		expect(await rows("product_line_performance.sql", sales)).toEqual([
			["Cars", "3", "2", "6", "132.50", "42.50", 32.1],
			["Ships", "2", "1", "11", "68.25", "7.75", 11.4],
			[null, "1", "1", "1", "0.00", null, null],
		]);
	});

	test("sales by country, each order in the country of its day", async () => {
		expect(await rows("sales_by_country.sql", sales)).toEqual([
			["USA", "2", "2", "102.50", 51.1],
			["France", "1", "1", "60.00", 29.9],
			["Belgium", "1", "1", "38.25", 19.1],
		]);
	});

	test("monthly revenue, with a running total that starts over each year", async () => {
		expect(await rows("monthly_revenue.sql", sales)).toEqual([
			["2025-12", "1", "3", "38.25", "38.25"],
			["2026-01", "2", "4", "102.50", "102.50"],
			["2026-03", "1", "11", "60.00", "162.50"],
		]);
	});

	test("top customers: all versions of one are one, a deleted one has no name, one never paid", async () => {
		expect(await rows("top_customers.sql", sales)).toEqual([
			[1, "Ada Ltd", "France", "2", "98.25", "38.25", "2026-03-01"],
			[2, "Bob & Co", "USA", "1", "90.00", "0.00", "2026-01-05"],
			[3, null, null, "1", "12.50", "0.00", "2026-01-20"],
		]);
	});

	test("order funnel", async () => {
		expect(await rows("order_funnel.sql", orders)).toEqual([
			[1, "placed", "4", 100],
			[2, "kept", "3", 75],
			[3, "shipped", "2", 50],
			[4, "shipped in time", "1", 25],
		]);
	});

	test("department word counts", async () => {
		expect(await rows("department_word_counts.sql", clicks)).toEqual([
			["Toys", "3", "2"],
			["Books", "1", "1"],
		]);
	});

	test("clickstream by department and price band", async () => {
		expect(await rows("clicks_by_department_and_price.sql", clicks)).toEqual([
			["Books", "2: 50 to 200", "1", 199],
			["Books", "4: 500 and more", "1", 500],
			["Toys", "1: below 50", "1", 49.99],
			["Toys", "2: 50 to 200", "2", 60],
		]);
	});

	test("change activity of every table in datasets.ts, without rows that verify-cdc has marked", async () => {
		const found = await rows("change_activity.sql", changes);
		expect(found.slice(0, 2)).toEqual([
			["wp_terms", "2", "2", "0", "1", "2026-01-03 00:00:00.000000"],
			["orders", "2", "0", "1", "0", "2026-01-04 00:00:00.000000"],
		]);
		expect(found[2]).toEqual(["customers", "2", "0", "0", "0", null]);
		expect(found.map(([name]) => name).sort()).toEqual([...tableNames].sort());
	});
});

test("a query a file, with its title; the folders within have none", async () => {
	const queries = namedQueries(fileURLToPath(folder));
	expect(queries.map(({ name }) => `${name}.sql`)).toEqual([...files].sort());
	for (const { name, title, sql } of queries) {
		expect(title, name).toMatch(/^[A-Z].{3,}/);
		expect(await read(`${name}.sql`)).toBe(sql);
	}
});
