import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogName } from "../../etl/definition/tables.ts";
import { datasets } from "../../tests/support/sampleShop.ts";
import { repositoryPath } from "../testing/stack.ts";
import { type ChartTable, type DashboardSource, dashboardData } from "./dashboardData.ts";

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

const clickstream = `
	CREATE TABLE lake.clickstream_data AS SELECT * FROM (VALUES
		('2026', '11', '19', '23', 1, 'Toys'), ('2026', '11', '19', '23', 2, 'Books'), ('2026', '11', '20', '00', 1, 'Toys'),
		('2026', '11', '20', '00', NULL, NULL))
		t(year, month, day, hour, productid, department);
	CREATE TABLE joint_tables AS SELECT *, 'red' AS color, 'wood' AS material, '' AS comments FROM (VALUES
		(1, 'Ball', 10, 1, 'Ball', 'Toys', 5.00, '2026-11-19-23'), (2, 'Kite', 11, 1, 'Kite', 'Toys', 6.00, '2026-11-20-00'),
		(3, 'Atlas', 11, 2, 'Atlas', 'Books', 7.00, '2026-11-20-00'))
		t(order_item_id, order_item_name, order_id, productid, productname, department, price, click_hour);
	CREATE TABLE lake.joint_tables AS SELECT * FROM joint_tables;`;

const changes = datasets
	.flatMap(({ tables }) => tables.map(catalogName))
	.map(
		(name) => `CREATE TABLE lake.${name}_changes AS SELECT * FROM (VALUES ('O', '2026-01-01 00:00:00.000000')
			${name === "orders" ? ", ('I', '2026-01-03 04:05:06.789000'), ('U', '2026-01-02 00:00:00.000000'), ('U', '2026-01-01 00:00:00.000000')" : ""}
			${name === "wp_terms" ? ", ('D', '2026-01-02 00:00:00.000000')" : ""}) t(cdc_op, cdc_commit_time);`,
	)
	.join("\n");

const file = (path: string): string =>
	readFileSync(repositoryPath(`pipelines/shop/${path.includes("/") ? path : `queries/${path}`}`), "utf8")
		.trim()
		.replace(/;$/, "");

const source: DashboardSource = { engine: "warehouse", database: "unused", datasets };

describe("the data of QuickSight", () => {
	let instance: DuckDBInstance;
	let ask: (sql: string) => Promise<unknown[][]>;

	beforeAll(async () => {
		instance = await DuckDBInstance.create(":memory:");
		const connection = await instance.connect();
		await connection.run(
			`CREATE SCHEMA lake; CREATE SCHEMA analytics; USE analytics; ${tables} ${clickstream} ${changes} SET search_path = 'analytics,lake'`,
		);
		ask = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
	});

	afterAll(() => instance.closeSync());

	const asked = (table: ChartTable): string => `(${dashboardData[table].sql(source)})`;
	const sales = asked("fact_orders");

	it.each(Object.values(dashboardData))(
		"of $identifier has the columns that it declares, in order and of their types",
		async (data) => {
			const described = await ask(`DESCRIBE ${data.sql(source)}`);
			expect(described.map(([name]) => name)).toEqual(data.columns.map(({ name }) => name));
			const kinds = { STRING: "VARCHAR", INTEGER: "INT", DECIMAL: "DECIMAL", DATETIME: "TIMESTAMP" };
			for (const [at, { type }] of data.columns.entries()) expect(described[at]?.[1]).toContain(kinds[type]);
		},
	);

	it("has the departments and the clicks by hour of the web page, lines without a product left out", async () => {
		const hour = (column: string): string => `strftime(${column}, '%Y-%m-%d-%H')`;
		const words = await ask(file("dashboard/departments.sql"));
		expect(words).toHaveLength(3);
		const products = `SELECT ${hour("click_time")}, department, count(productid) FROM ${asked("joint_tables")} GROUP BY ALL ORDER BY ALL`;
		expect(await ask(products)).toEqual(words);
		expect(await ask(file("dashboard/clicks.sql"))).toEqual([
			["2026-11-19-23", "2"],
			["2026-11-20-00", "1"],
		]);
		expect(
			await ask(`SELECT ${hour("hour")}, count(productid) FROM ${asked("clickstream_data")} GROUP BY ALL ORDER BY ALL`),
		).toEqual(await ask(file("dashboard/clicks.sql")));
	});

	it("has the changes of every table as the named query, and when the newest one was made", async () => {
		const named = await ask(
			`SELECT table_name, inserted, updated, deleted, CAST(last_change AS timestamp) FROM (${file("change_activity.sql")}) ORDER BY ALL`,
		);
		expect(named).toContainEqual(["orders", "1", "2", "0", "2026-01-03 04:05:06.789"]);
		expect(named).toHaveLength(23);
		const shown = `SELECT table_name, inserts, updates, deletes, newest_change FROM ${asked("<table>_changes")} ORDER BY ALL`;
		expect(await ask(shown)).toEqual(named);
		const total = `SELECT sum(changes), sum(inserts + updates + deletes) FROM ${asked("<table>_changes")}`;
		expect(await ask(total)).toEqual([["4", "4"]]);
	});

	it("has each order line once", async () => {
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
