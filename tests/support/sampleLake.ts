import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, VARCHAR } from "@duckdb/node-api";
import { fromDuckDb } from "../../cli/engines/duckdb/columnTypes.ts";
import { quoteText } from "../../cli/engines/duckdb/quote.ts";
import { type RegisteredTable, writeCatalog } from "../../cli/engines/local/catalog/catalogFile.ts";
import { hourKeys } from "../../cli/engines/local/catalog/clickTable.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { databaseName } from "../../etl/contract/contract.ts";
import { datasets } from "./sampleShop.ts";

/** Names that would be markup, end a script element, or upset a page where text is not kept as text. */
export const hostileNames = [
	'<script>document.title="owned"</script>',
	"</script><img src=x onerror=alert(1)>",
	"\"quotes\" & 'apostrophes'",
	"🚲 Räder & Söhne 日本",
	"شركة الدراجات",
	"{marker|braces} {0} \u2028 end",
] as const;

/**
 * A small lake, as the jobs leave it: star schema, joint tables, clicks and change logs, with its catalog. No source, no job runs.
 * @param pipeline folder of the definition; by default the sample shop's.
 */
export async function makeSampleLake(home: string, pipeline?: string): Promise<void> {
	const paths = localPaths(home);
	const source = { kind: "private", host: "127.0.0.1", port: 1, user: "nobody", tls: "DISABLED" } as const;
	const schemas = datasets.map(({ schema }) => schema);
	await writeSettings(
		{ version: 1, ...(pipeline !== undefined && { pipeline }), source: { ...source, schemas } },
		paths,
	);
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const tables: RegisteredTable[] = [];
	const add = async (
		table: Pick<RegisteredTable, "name" | "zone" | "prefix"> & Partial<RegisteredTable>,
		file: string,
		select: string,
	): Promise<void> => {
		const path = join(paths[table.zone], table.prefix, file);
		const json = table.format === "json";
		await write(connection, path, select, json ? "(FORMAT json, COMPRESSION gzip)" : "(FORMAT parquet)");
		if (tables.some((known) => known.name === table.name)) return;
		const columns = await columnsOf(connection, select);
		tables.push({ format: "parquet", columns, partitionKeys: [], ...table });
	};
	try {
		for (const [name, select] of Object.entries(star())) {
			const whole = `SELECT *, ${nulls(otherColumns[name] ?? "")} FROM (${select})`;
			await add({ name, zone: "processed", prefix: `star-schema/${name}` }, "part-0.parquet", whole);
		}
		const click_hour = [{ name: "click_hour", type: "string" }];
		for (const [at, hour] of ["2026-11-19-23", "2026-11-20-00", "2026-11-20-02"].entries()) {
			await add(
				{ name: "joint_tables", zone: "processed", prefix: "joint-tables", partitionKeys: click_hour },
				`click_hour=${hour}/part-0.parquet`,
				jointTables(at),
			);
			await add(
				{ name: "clickstream_data", zone: "raw", prefix: "clickstream-data", format: "json", partitionKeys: hourKeys },
				`${hour.replaceAll("-", "/")}/clicks-${at}.json.gz`,
				`SELECT productid, productname, department, price, productdetails AS "productDetails" FROM (${jointTables(at)})`,
			);
		}
		for (const [at, table] of ["orders", "wp_terms", "customers"].entries()) {
			await add(
				{
					name: `${table}_changes`,
					zone: "processed",
					prefix: `${table === "wp_terms" ? "wordpress-db" : "classicmodels"}/${table}`,
					partitionKeys: [{ name: "batch", type: "int" }],
				},
				"batch=1/part-0.parquet",
				changes(at + 1),
			);
		}
		tables.sort((a, b) => (a.name < b.name ? -1 : 1));
		await writeCatalog({ version: 1, database: databaseName("local"), tables }, undefined, paths);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}

/** Order lines that arrive later: a file more in the fact table. */
export async function addOrders(home: string, country: string, lines: number): Promise<void> {
	const path = join(localPaths(home).processed, "star-schema", "fact_orders");
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	try {
		const added = `SELECT * REPLACE (${quoteText(country)} AS country) FROM ${quoteText(join(path, "part-0.parquet"))} LIMIT ${lines}`;
		await write(connection, join(path, "part-1.parquet"), added, "(FORMAT parquet)");
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}

async function columnsOf(connection: DuckDBConnection, select: string): Promise<RegisteredTable["columns"]> {
	const result = await connection.run(`${select} LIMIT 0`);
	const types = result.columnTypes();
	return result.columnNames().map((name, at) => ({ name, type: fromDuckDb(types[at] ?? VARCHAR) }));
}

async function write(connection: DuckDBConnection, path: string, select: string, format: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await connection.run(`COPY (${select}) TO ${quoteText(path)} ${format}`);
}

/** Ordinary names first, then the hostile ones. */
function list(names: readonly string[]): string {
	return `[${names.map(quoteText).join(", ")}]`;
}

const customers = [...hostileNames, ...Array.from({ length: 18 }, (_, at) => `Customer ${at + 1}`)];
const countries = ["USA", "France", "Spain", hostileNames[0], hostileNames[4]];
const lines = ["Classic Cars", "Motorcycles", "Planes", hostileNames[2]];
const departments = ["Toys", "Home", "Music", "Books", "Sports", ...hostileNames];

/** Columns that the star schema has and no chart shows. */
const otherColumns: Record<string, string> = {
	dim_customer:
		"contact_first_name contact_last_name phone address_line1 address_line2 postal_code city state country credit_limit sales_rep_employee_number valid_to is_current",
	dim_product:
		"product_scale product_description buy_price msrp product_line_description valid_from valid_to is_current",
	dim_location: "state",
	dim_employee:
		"employee_number job_title email extension reports_to_employee_number office_code office_state office_country office_territory office_location_key",
	fact_orders: "order_date_key required_date_key shipped_date_key",
	dim_date:
		"date_key full_date year quarter month month_name day_of_month day_of_week day_name week_of_year is_weekend",
	fact_payments:
		"payment_key customer_key location_key employee_key payment_date_key customer_number check_number payment_date country amount",
};

function nulls(names: string): string {
	return names
		.split(" ")
		.map((name) => `NULL AS ${name}`)
		.join(", ");
}

function star(): Record<string, string> {
	return {
		dim_customer: `
			SELECT i AS customer_key, i::INTEGER AS customer_number, ${list(customers)}[i] AS customer_name,
				i % ${countries.length} AS location_key, TIMESTAMP '1900-01-01' AS valid_from
			FROM range(1, ${customers.length + 1}) AS t(i)`,
		dim_product: `
			SELECT i AS product_key, 'S' || i AS product_code, 'Product ' || i AS product_name,
				${list(lines)}[1 + i % ${lines.length}] AS product_line, 'Vendor' AS product_vendor
			FROM range(1, 21) AS t(i)`,
		dim_location: `
			SELECT i AS location_key, 'City ' || i AS city, ${list(countries)}[1 + i] AS country
			FROM range(${countries.length}) AS t(i)`,
		dim_date: "SELECT 20261120 AS unused LIMIT 0",
		fact_payments: "SELECT 1 AS unused LIMIT 0",
		dim_employee: `
			SELECT 1::BIGINT AS employee_key, 'Ada' AS first_name, 'Byron' AS last_name, 'London' AS office_city`,
		fact_orders: `
			SELECT i AS order_line_key, (i // 4)::INTEGER AS order_number, (i % 4)::SMALLINT AS order_line_number,
				customer AS customer_key, 1 + i % 20 AS product_key, customer % ${countries.length} AS location_key, 1::BIGINT AS employee_key,
				customer::INTEGER AS customer_number, 'S' || (1 + i % 20) AS product_code,
				(DATE '2024-11-20' + ((i * 7) % 400)::INTEGER)::DATE AS order_date, 'Shipped' AS status,
				${list(countries)}[1 + customer % ${countries.length}] AS country, quantity, price_each,
				(quantity * price_each)::DECIMAL(18,2) AS amount, (quantity * price_each * 0.4)::DECIMAL(18,2) AS profit
			FROM (
				SELECT i, 1 + (i * 5 + i // 17) % ${customers.length} AS customer, (1 + i % 50)::INTEGER AS quantity, (20.15 + i % 90)::DECIMAL(12,2) AS price_each
				FROM range(1200) AS t(i)
			)`,
	};
}

function jointTables(seed: number): string {
	return `
		SELECT i AS order_item_id, 'Item' AS order_item_name, 'line_item' AS order_item_type, i AS order_id, 1 + i % 5 AS productid,
			'Product' AS productname, ${list(departments)}[1 + (i * 7 + i // 13) % ${departments.length}] AS department, (i % 100)::DOUBLE AS price,
			{'color': 'red', 'material': 'Steel', 'comments': 'Sleek'} AS productdetails
		FROM range(${100 * (seed + 1)}) AS t(i)`;
}

function changes(seed: number): string {
	return `
		SELECT CASE WHEN i < 20 THEN 'O' WHEN i % 3 = 0 THEN 'I' WHEN i % 3 = 1 THEN 'U' ELSE 'D' END AS cdc_op,
			strftime(TIMESTAMP '2026-11-20 01:00:00.5' + INTERVAL (i) SECOND, '%Y-%m-%d %H:%M:%S.%f') AS cdc_commit_time,
			'' AS cdc_change_seq
		FROM range(${20 + seed * 7}) AS t(i)`;
}
