import {
	catalogTables,
	changeLogColumns,
	changeLogName,
	currentTableOf,
	operations,
} from "../../etl/contract/contract.ts";
import type { Dataset } from "../../etl/contract/datasets.ts";
import { catalogName } from "../../etl/definition/tables.ts";

/** A data set of QuickSight: what is queried of the engine, and the columns that come. */
export interface DashboardData {
	/** Name within a definition. */
	identifier: string;
	sql: (source: DashboardSource) => string;
	columns: { name: string; type: "STRING" | "INTEGER" | "DECIMAL" | "DATETIME" }[];
	/** Column by which the filter of dates acts. */
	date?: string;
}

/** `athena` queries the catalog's tables, `warehouse` the schemas that `pipeline-cli warehouse apply` makes on Redshift. */
export type DashboardEngine = "athena" | "warehouse";

export interface DashboardSource {
	engine: DashboardEngine;
	/** The catalog's database. */
	database: string;
	/** What is replicated, for the change logs. */
	datasets: readonly Dataset[];
}

/** A table by its whole name, as QuickSight's sources have no schema of their own. On Redshift a view, where it has one. */
function table({ engine, database }: DashboardSource, name: string): string {
	if (engine === "athena") return `"${database}".${name}`;
	return name === catalogTables.clickstream || currentTableOf(name) !== undefined
		? `lake.${name}`
		: `analytics.${name}`;
}

/** Order items joined with clicks, product details flattened; on Redshift the view has done so already. */
const products: DashboardData = {
	identifier: "joint_tables",
	sql: (source) => {
		const detail = (field: string): string =>
			source.engine === "athena" ? `productdetails.${field} AS ${field}` : field;
		return (
			"SELECT order_item_id, order_item_name, order_id, productid, productname, department, price, " +
			`${["color", "material", "comments"].map(detail).join(", ")}, ` +
			"CAST(substr(click_hour, 1, 10) || ' ' || substr(click_hour, 12, 2) || ':00:00' AS timestamp) AS click_time " +
			`FROM ${table(source, "joint_tables")}`
		);
	},
	columns: [
		{ name: "order_item_id", type: "INTEGER" },
		{ name: "order_item_name", type: "STRING" },
		{ name: "order_id", type: "INTEGER" },
		{ name: "productid", type: "INTEGER" },
		{ name: "productname", type: "STRING" },
		{ name: "department", type: "STRING" },
		{ name: "price", type: "DECIMAL" },
		{ name: "color", type: "STRING" },
		{ name: "material", type: "STRING" },
		{ name: "comments", type: "STRING" },
		{ name: "click_time", type: "DATETIME" },
	],
	date: "click_time",
};

/**
 * Order lines of the star schema, every one of them. As on the web page (pipelines/shop/dashboard/sales.sql), product line and
 * country are those of the day of the order, the name is the customer's newest.
 */
const sales: DashboardData = {
	identifier: "sales",
	// Redshift has no MAX_BY.
	sql: (source) =>
		"SELECT f.order_number, CAST(f.order_date AS timestamp) AS order_date, f.country, f.status, " +
		"p.product_line, p.product_name, c.customer_name, f.quantity, f.amount, f.profit " +
		`FROM ${table(source, "fact_orders")} f ` +
		`LEFT JOIN ${table(source, "dim_product")} p ON p.product_key = f.product_key ` +
		"LEFT JOIN (SELECT customer_number, customer_name, " +
		"ROW_NUMBER() OVER (PARTITION BY customer_number ORDER BY valid_from DESC) AS newest " +
		`FROM ${table(source, "dim_customer")}) c ON c.customer_number = f.customer_number AND c.newest = 1`,
	columns: [
		{ name: "order_number", type: "INTEGER" },
		{ name: "order_date", type: "DATETIME" },
		{ name: "country", type: "STRING" },
		{ name: "status", type: "STRING" },
		{ name: "product_line", type: "STRING" },
		{ name: "product_name", type: "STRING" },
		{ name: "customer_name", type: "STRING" },
		{ name: "quantity", type: "INTEGER" },
		{ name: "amount", type: "DECIMAL" },
		{ name: "profit", type: "DECIMAL" },
	],
	date: "order_date",
};

/** Clicks with the hour in which they arrived, in UTC; a line that was not a record has no product. */
const clicks: DashboardData = {
	identifier: "clicks",
	sql: (source) =>
		"SELECT CAST(year || '-' || month || '-' || day || ' ' || hour || ':00:00' AS timestamp) AS hour, " +
		`productid, department FROM ${table(source, "clickstream_data")}`,
	columns: [
		{ name: "hour", type: "DATETIME" },
		{ name: "productid", type: "INTEGER" },
		{ name: "department", type: "STRING" },
	],
	date: "hour",
};

/** What replication brought, a row a table: changes by operation, and the commit of the newest one that is processed. */
const changes: DashboardData = {
	identifier: "changes",
	sql: (source) => {
		const logs = source.datasets.flatMap(({ tables }) => tables.map(catalogName));
		const changed = `${changeLogColumns.op} <> '${operations.load}'`;
		const count = (operation: string): string => `COUNT(CASE WHEN ${changeLogColumns.op} = '${operation}' THEN 1 END)`;
		return logs
			.map(
				(name) =>
					`SELECT '${name}' AS table_name, COUNT(CASE WHEN ${changed} THEN 1 END) AS changes, ` +
					`${count(operations.insert)} AS inserts, ${count(operations.update)} AS updates, ${count(operations.delete)} AS deletes, ` +
					`CAST(MAX(CASE WHEN ${changed} THEN ${changeLogColumns.commitTime} END) AS timestamp) AS newest_change ` +
					`FROM ${table(source, changeLogName(name))}`,
			)
			.join(" UNION ALL ");
	},
	columns: [
		{ name: "table_name", type: "STRING" },
		{ name: "changes", type: "INTEGER" },
		{ name: "inserts", type: "INTEGER" },
		{ name: "updates", type: "INTEGER" },
		{ name: "deletes", type: "INTEGER" },
		{ name: "newest_change", type: "DATETIME" },
	],
};

/** The data of the charts, by the table that etl/dashboard.ts names. */
export const dashboardData = {
	fact_orders: sales,
	joint_tables: products,
	clickstream_data: clicks,
	"<table>_changes": changes,
} as const satisfies Record<string, DashboardData>;

export type ChartTable = keyof typeof dashboardData;
