/**
 * The charts of the sales and clickstream dashboard: what each one shows, of which table. The web page of
 * `pipeline-cli dashboard` and the QuickSight definitions take titles, fields and measures from here.
 */

export type ChartKind = "line" | "bars" | "columns" | "stackedBars" | "wordCloud";

/** Filters of the dashboard. One that a chart's table has no field for leaves the chart as it is. */
export type FilterName = "dates" | "country" | "productLine";

/** What stands beside the filters' controls; dates are two, both days included. */
export const filterLabels = { from: "From", to: "To", country: "Country", productLine: "Product line" } as const;

export type Unit = "dollars" | "count";

export interface Field {
	/** Column of the chart's table. */
	column: string;
	label: string;
}

export interface Measure extends Field {
	aggregation: "sum" | "count";
	unit: Unit;
}

export interface Chart {
	title: string;
	kind: ChartKind;
	/** Table of the catalog that holds the measures. */
	table: string;
	/** What the marks stand for: a bar, a word, a point in time, which covers a month or an hour. */
	dimension: Field & { time?: "month" | "hour" };
	measures: readonly Measure[];
	filters: readonly FilterName[];
	/** Where only the largest are shown: how many. */
	top?: number;
}

const revenue: Measure = { column: "amount", label: "Revenue", aggregation: "sum", unit: "dollars" };
const profit: Measure = { column: "profit", label: "Profit", aggregation: "sum", unit: "dollars" };
const salesFilters: readonly FilterName[] = ["dates", "country", "productLine"];

export const charts = {
	revenueByMonth: {
		title: "Revenue by month",
		kind: "line",
		table: "fact_orders",
		dimension: { column: "order_date", label: "Month", time: "month" },
		measures: [revenue],
		filters: salesFilters,
	},
	productLines: {
		title: "Product-line performance",
		kind: "bars",
		table: "fact_orders",
		dimension: { column: "product_line", label: "Product line" },
		measures: [revenue, profit],
		filters: salesFilters,
	},
	countries: {
		title: "Sales by country",
		kind: "bars",
		table: "fact_orders",
		dimension: { column: "country", label: "Country" },
		measures: [revenue],
		filters: salesFilters,
	},
	customers: {
		title: "Top customers",
		kind: "bars",
		table: "fact_orders",
		dimension: { column: "customer_name", label: "Customer" },
		measures: [revenue],
		filters: salesFilters,
		top: 10,
	},
	departments: {
		title: "Departments by number of products",
		kind: "wordCloud",
		table: "joint_tables",
		dimension: { column: "department", label: "Department" },
		measures: [{ column: "productid", label: "Products", aggregation: "count", unit: "count" }],
		filters: ["dates"],
	},
	clickRate: {
		title: "Clickstream rate",
		kind: "columns",
		table: "clickstream_data",
		dimension: { column: "hour", label: "Hour", time: "hour" },
		measures: [{ column: "productid", label: "Clicks", aggregation: "count", unit: "count" }],
		filters: ["dates"],
	},
	replication: {
		title: "Replication lag and freshness",
		kind: "stackedBars",
		table: "<table>_changes",
		dimension: { column: "table_name", label: "Table" },
		measures: [
			{ column: "inserts", label: "Inserts", aggregation: "sum", unit: "count" },
			{ column: "updates", label: "Updates", aggregation: "sum", unit: "count" },
			{ column: "deletes", label: "Deletes", aggregation: "sum", unit: "count" },
		],
		filters: [],
		top: 12,
	},
} as const satisfies Record<string, Chart>;

export type ChartId = keyof typeof charts;
