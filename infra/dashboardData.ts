/** A data set of QuickSight: what is asked of the engine, and the columns that come. */
export interface DashboardData {
	/** Name within a definition. */
	identifier: string;
	/** @param from what stands before a table's name, see `qualifier` */
	sql: (from: string) => string;
	columns: { name: string; type: "STRING" | "INTEGER" | "DECIMAL" | "DATETIME" }[];
}

/** `athena` asks the catalog's tables, `warehouse` the views of the same names that `pipeline-cli` makes on Redshift. */
export type DashboardEngine = "athena" | "warehouse";

/**
 * What stands before a table's name: the catalog's database, as QuickSight's source of Athena has none, or the schema in
 * which `pipeline-cli warehouse apply` makes the views.
 */
export function qualifier(engine: DashboardEngine, database: string): string {
	return engine === "athena" ? `"${database}".` : "analytics.";
}

/** Order items joined with clicks, product details flattened; on Redshift the view has done so already. */
export function jointTablesData(engine: DashboardEngine): DashboardData {
	const detail = (field: string): string => (engine === "athena" ? `productdetails.${field} AS ${field}` : field);
	return {
		identifier: "joint_tables",
		sql: (from) =>
			`SELECT order_item_id, order_item_name, order_id, productid, productname, department, price, ${["color", "material", "comments"].map(detail).join(", ")} FROM ${from}joint_tables`,
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
		],
	};
}

/**
 * Order lines of the star schema, every one of them. As on the web page (etl/sql/dashboard/sales.sql), product line and
 * country are those of the day of the order, the name is the customer's newest.
 */
export const salesData: DashboardData = {
	identifier: "sales",
	// Redshift has no MAX_BY.
	sql: (from) =>
		"SELECT f.order_number, CAST(f.order_date AS timestamp) AS order_date, f.country, f.status, " +
		"p.product_line, p.product_name, c.customer_name, f.quantity, f.amount, f.profit " +
		`FROM ${from}fact_orders f ` +
		`LEFT JOIN ${from}dim_product p ON p.product_key = f.product_key ` +
		"LEFT JOIN (SELECT customer_number, customer_name, " +
		"ROW_NUMBER() OVER (PARTITION BY customer_number ORDER BY valid_from DESC) AS newest " +
		`FROM ${from}dim_customer) c ON c.customer_number = f.customer_number AND c.newest = 1`,
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
};
