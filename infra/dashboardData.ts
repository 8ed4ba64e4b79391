/** A data set of QuickSight: what is asked of the engine, and the columns that come. */
export interface DashboardData {
	/** Name within a definition. */
	identifier: string;
	sql: string;
	columns: { name: string; type: "STRING" | "INTEGER" | "DECIMAL" | "DATETIME" }[];
}

/** `athena` asks the catalog's tables, `warehouse` the views of the same names that `pipeline-cli` makes on Redshift. */
export type DashboardEngine = "athena" | "warehouse";

/** Order items joined with clicks, product details flattened; on Redshift the view has done so already. */
export function jointTablesData(engine: DashboardEngine): DashboardData {
	const detail = (field: string): string => (engine === "athena" ? `productdetails.${field} AS ${field}` : field);
	return {
		identifier: "joint_tables",
		sql: `SELECT order_item_id, order_item_name, order_id, productid, productname, department, price, ${["color", "material", "comments"].map(detail).join(", ")} FROM joint_tables`,
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

/** Order lines of the star schema, with product line and country. */
export const salesData: DashboardData = {
	identifier: "sales",
	sql:
		"SELECT f.order_number, CAST(f.order_date AS timestamp) AS order_date, f.country, f.status, " +
		"p.product_line, p.product_name, c.customer_name, f.quantity, f.amount, f.profit " +
		"FROM fact_orders f " +
		"JOIN dim_product p ON p.product_key = f.product_key " +
		"JOIN dim_customer c ON c.customer_key = f.customer_key",
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
