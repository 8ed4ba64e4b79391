import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { salesData } from "./dashboardData.ts";
import { repositoryPath } from "./testing/stack.ts";

/** Ada was renamed between her two orders; a line has an unknown product, an order an unknown customer. */
const tables = `
	CREATE TABLE dim_customer AS SELECT * FROM (VALUES
		(11, 1, 'Ada', TIMESTAMP '1900-01-01'), (12, 1, 'Ada Ltd', TIMESTAMP '2026-02-01'),
		(21, 2, 'Bob & Co', TIMESTAMP '1900-01-01'))
		t(customer_key, customer_number, customer_name, valid_from);
	CREATE TABLE dim_product AS SELECT * FROM (VALUES (1, 'Cars', 'Coupe'), (3, 'Ships', 'Titanic'))
		t(product_key, product_line, product_name);
	CREATE TABLE fact_orders AS
		SELECT * REPLACE (amount::DECIMAL(18,2) AS amount, profit::DECIMAL(18,2) AS profit) FROM (VALUES
		(100, 11, 1, 1, DATE '2025-12-30', 'Belgium', 'Shipped', 2, 30.00, 10.00),
		(101, 21, 2, 9, DATE '2026-01-05', 'USA', 'Shipped', 3, 90.00, NULL),
		(102, NULL, 4, 1, DATE '2026-01-20', NULL, 'On Hold', 1, 12.50, 2.50),
		(103, 12, 1, 3, DATE '2026-03-01', 'France', 'Shipped', 10, 60.00, 5.00))
		t(order_number, customer_key, customer_number, product_key, order_date, country, status, quantity, amount, profit);`;

const file = (path: string): string =>
	readFileSync(repositoryPath(`etl/sql/${path}`), "utf8")
		.trim()
		.replace(/;$/, "");

describe("the data of QuickSight's sales", () => {
	let instance: DuckDBInstance;
	let ask: (sql: string) => Promise<unknown[][]>;

	beforeAll(async () => {
		instance = await DuckDBInstance.create(":memory:");
		const connection = await instance.connect();
		await connection.run(`CREATE SCHEMA analytics; USE analytics; ${tables}`);
		ask = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
	});

	afterAll(() => instance.closeSync());

	const sales = `(${salesData.sql("analytics.")})`;

	it("has each order line once, and the columns that it declares in their order", async () => {
		const described = await ask(`DESCRIBE ${salesData.sql("analytics.")}`);
		expect(described.map(([name]) => name)).toEqual(salesData.columns.map(({ name }) => name));
		expect(await ask(`SELECT count(*), sum(amount) FROM ${sales}`)).toEqual([["4", "192.50"]]);
	});

	it("has the revenue by country of the named query, lines of unknown products and customers among it", async () => {
		const named = await ask(`SELECT country, revenue FROM (${file("sales_by_country.sql")}) ORDER BY ALL`);
		expect(named).toEqual([
			["Belgium", "30.00"],
			["France", "60.00"],
			["USA", "90.00"],
			[null, "12.50"],
		]);
		expect(await ask(`SELECT country, sum(amount) FROM ${sales} GROUP BY 1 ORDER BY ALL`)).toEqual(named);
	});

	it.each(["customer_name", "product_line", "country", "order_date"])(
		"has the revenue, profit and units by %s of the web page",
		async (column) => {
			const page = await ask(
				`SELECT ${column}, sum(revenue), sum(profit), sum(units) FROM (${file("dashboard/sales.sql")}) GROUP BY 1 ORDER BY ALL`,
			);
			const key = column === "order_date" ? "CAST(order_date AS date)" : column;
			expect(
				await ask(`SELECT ${key}, sum(amount), sum(profit), sum(quantity) FROM ${sales} GROUP BY 1 ORDER BY ALL`),
			).toEqual(page);
			if (column === "customer_name") expect(page.map(([name]) => name)).toEqual(["Ada Ltd", "Bob & Co", null]);
		},
	);
});
