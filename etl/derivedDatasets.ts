import { catalogTables, lake } from "./contract/contract.ts";
import type { Dataset, TableDefinition, TableRule } from "./datasets.ts";

/**
 * The tables that the jobs make of the replicated ones, with their quality rules: read by the jobs (with `datasets`, as
 * JSON at `--datasets_uri`) and by the Pulumi program. A rule `relationships` names another table of the same list.
 */

/** A derived table has no raw files of its own: how fresh it is, the rules of its sources say. */
type DerivedRule = Exclude<TableRule, { kind: "freshness" }>;

/** Joint tables are published hour by hour, so their rules are about single rows. */
type RowRule = Extract<TableRule, { kind: "not_null" | "range" }>;

const severity = "error";

const required = (...columns: string[]): RowRule[] =>
	columns.map((column) => ({ kind: "not_null", columns: [column], severity }));

const positive = (column: string): RowRule => ({ kind: "range", column, min: 1, severity });
const notNegative = (column: string): RowRule => ({ kind: "range", column, min: 0, severity });

const refersTo = (table: string, field: string, ...columns: string[]): DerivedRule[] =>
	columns.map((column) => ({
		kind: "relationships",
		column,
		to: { schema: lake.roots.star, table },
		field,
		severity,
	}));

/** A table of the star schema: its surrogate key is there in every row, and is unique. */
const star = (name: string, key: string, rules: readonly DerivedRule[]): TableDefinition => ({
	name,
	key: [key],
	rules: [...required(key), { kind: "unique", columns: [key], severity }, ...rules],
});

/** Of a history nothing about values: a wrong one that was put right at the source stays in it. */
const versions: readonly RowRule[] = required("valid_from", "valid_to", "is_current");

/** Days of 200 years: more come of a year that somebody mistyped. */
const mostDays = 73_200;

/** No rule on the facts' `employee_key`: the one who sold something may have left, and employees have no history. */
const starSchema: Dataset = {
	schema: lake.roots.star,
	tables: [
		star("dim_customer", "customer_key", [
			...required("customer_number", "location_key"),
			...versions,
			...refersTo("dim_location", "location_key", "location_key"),
		]),
		star("dim_product", "product_key", [...required("product_code"), ...versions]),
		star("dim_location", "location_key", []),
		star("dim_employee", "employee_key", [
			...required("employee_number"),
			...refersTo("dim_location", "location_key", "office_location_key"),
		]),
		star("dim_date", "date_key", [
			...required("full_date"),
			{ kind: "range", column: "month", min: 1, max: 12, severity },
			{ kind: "range", column: "day_of_week", min: 1, max: 7, severity },
			{ kind: "row_count", max: mostDays, severity },
		]),
		star("fact_orders", "order_line_key", [
			...required("order_number", "product_code", "customer_key", "product_key", "order_date_key"),
			positive("quantity"),
			notNegative("price_each"),
			notNegative("amount"),
			...refersTo("dim_customer", "customer_key", "customer_key"),
			...refersTo("dim_product", "product_key", "product_key"),
			...refersTo("dim_location", "location_key", "location_key"),
			...refersTo("dim_date", "date_key", "order_date_key", "required_date_key", "shipped_date_key"),
		]),
		star("fact_payments", "payment_key", [
			...required("customer_number", "check_number", "customer_key", "payment_date_key", "amount"),
			...refersTo("dim_customer", "customer_key", "customer_key"),
			...refersTo("dim_location", "location_key", "location_key"),
			...refersTo("dim_date", "date_key", "payment_date_key"),
		]),
	],
};

const jointRules: readonly RowRule[] = [...required("order_item_id", "productid"), notNegative("price")];

export const derivedDatasets: readonly Dataset[] = [
	starSchema,
	{ schema: lake.jointTables, tables: [{ name: catalogTables.jointTables, key: [], rules: jointRules }] },
];
