import { describe, expect, it } from "vitest";
import type { Dataset, TableRule } from "../../etl/contract/datasets.ts";
import { datasets, derivedDatasets } from "../../tests/support/sampleShop.ts";
import { dataQualityRuleset } from "./dataQualityRulesets.ts";

const severity = "error";

/** The ruleset of a table `t` with these rules. */
function ruleset(...rules: TableRule[]): string {
	const table = { name: "t", key: [], rules };
	const dataset: Dataset = { schema: "s", tables: [table] };
	const other: Dataset = { schema: "shop", tables: [{ name: "Orders", key: ["id"], alias: "shop_orders" }] };
	return dataQualityRuleset(table, dataset, [dataset, other], "raw-bucket");
}

describe("a rule in DQDL", () => {
	const cases: [TableRule, string[]][] = [
		[{ kind: "not_null", columns: ["id"], severity }, ['IsComplete "id"']],
		[{ kind: "unique", columns: ["mail"], severity }, ['IsUnique "mail" where "`mail` is not null"']],
		[
			{ kind: "unique", columns: ["a", "b c"], severity },
			['IsPrimaryKey "a" "b c" where "`a` is not null and `b c` is not null"'],
		],
		[
			{ kind: "relationships", column: "order_id", to: { schema: "shop", table: "Orders" }, field: "id", severity },
			['ReferentialIntegrity "order_id" "shop_orders.id" = 1.0'],
		],
		[
			{ kind: "relationships", column: "order_id", to: { schema: "s", table: "Elsewhere" }, field: "id", severity },
			['ReferentialIntegrity "order_id" "elsewhere.id" = 1.0'],
		],
		[{ kind: "range", column: "n", min: 1, severity }, ['ColumnValues "n" >= 1 where "`n` is not null"']],
		[{ kind: "range", column: "n", max: -0.5, severity }, ['ColumnValues "n" <= -0.5 where "`n` is not null"']],
		[
			{ kind: "range", column: "n", min: 0, max: 10, severity },
			['ColumnValues "n" >= 0 where "`n` is not null"', 'ColumnValues "n" <= 10 where "`n` is not null"'],
		],
		[{ kind: "row_count", min: 1, severity }, ["RowCount >= 1"]],
		[{ kind: "row_count", min: 0, max: 100, severity }, ["RowCount >= 0", "RowCount <= 100"]],
		[{ kind: "not_null", columns: ["a", "b"], severity: "warn" }, ['IsComplete "a"', 'IsComplete "b"']],
		[
			{ kind: "accepted_values", column: "s", values: ["open", "1"], severity },
			['ColumnValues "s" in ["open", "1"] where "`s` is not null"'],
		],
		[
			{ kind: "accepted_values", column: "s", values: [1, 20], severity },
			['ColumnValues "s" in [1, 20] where "`s` is not null"'],
		],
		[
			{ kind: "accepted_values", column: "s", values: [-1, true], severity },
			['ColumnValues "s" in ["-1", "true"] where "`s` is not null"'],
		],
		[
			{ kind: "freshness", warnAfter: 3600, errorAfter: 86_400, severity },
			['FileFreshness "s3://raw-bucket/s/t/" >= (now() - 24 hours) with threshold > 0.0'],
		],
		[
			{ kind: "freshness", warnAfter: 1800, severity },
			['FileFreshness "s3://raw-bucket/s/t/" >= (now() - 1 hours) with threshold > 0.0'],
		],
	];
	it.each(cases)("%j", (rule, lines) => {
		expect(ruleset(rule)).toBe(`Rules = [\n${lines.map((line) => `    ${line}`).join(",\n")}\n]`);
	});

	it("escapes what would end a name, in DQDL and in the SQL within", () => {
		expect(ruleset({ kind: "not_null", columns: ['a"b\\c'], severity })).toContain('IsComplete "a\\"b\\\\c"');
		expect(ruleset({ kind: "range", column: 'a"`b', min: 1, severity })).toContain(
			'ColumnValues "a\\"`b" >= 1 where "`a\\"``b` is not null"',
		);
	});

	it("refuses what DQDL has no way to write", () => {
		expect(() => ruleset({ kind: "range", column: "n", max: 1e21, severity })).toThrow("1e+21 cannot be written");
		expect(() =>
			ruleset({ kind: "relationships", column: "a,b", to: { schema: "shop", table: "Orders" }, field: "id", severity }),
		).toThrow("a,b cannot be named");
	});
});

it("the rulesets of the datasets", () => {
	const rulesets = Object.fromEntries(
		datasets.flatMap((dataset) =>
			dataset.tables.map((table) => [table.name, dataQualityRuleset(table, dataset, datasets, "raw-bucket")]),
		),
	);
	const complete = (...columns: string[]) =>
		`Rules = [\n${columns.map((column) => `    IsComplete "${column}"`).join(",\n")}\n]`;
	expect(rulesets).toEqual({
		wp_comments: complete("comment_ID"),
		wp_options: complete("option_id"),
		wp_postmeta: complete("meta_id"),
		wp_posts: complete("ID"),
		wp_term_relationships: complete("object_id", "term_taxonomy_id"),
		wp_term_taxonomy: complete("term_taxonomy_id"),
		wp_termmeta: complete("meta_id"),
		wp_terms: complete("term_id"),
		wp_usermeta: complete("umeta_id"),
		wp_users: complete("ID"),
		wp_woocommerce_order_itemmeta: complete("meta_id"),
		wp_woocommerce_order_items: complete("order_item_id"),
		wp_woocommerce_shipping_zone_locations: complete("location_id"),
		wp_woocommerce_shipping_zone_methods: complete("instance_id"),
		wp_woocommerce_shipping_zones: complete("zone_id"),
		customers: complete("customerNumber"),
		employees: complete("employeeNumber"),
		offices: complete("officeCode"),
		orderdetails: [
			"Rules = [",
			'    IsComplete "orderNumber",',
			'    IsComplete "productCode",',
			'    ColumnValues "quantityOrdered" >= 1 where "`quantityOrdered` is not null"',
			"]",
		].join("\n"),
		orders: complete("orderNumber"),
		payments: complete("customerNumber", "checkNumber"),
		productlines: complete("productLine"),
		products: complete("productCode"),
	});
});

it("the rulesets of what the jobs derive", () => {
	const rulesets = Object.fromEntries(
		derivedDatasets.flatMap((dataset) =>
			dataset.tables.map((table) => [table.name, dataQualityRuleset(table, dataset, derivedDatasets, "raw-bucket")]),
		),
	);
	expect(Object.keys(rulesets).sort()).toEqual([
		"dim_customer",
		"dim_date",
		"dim_employee",
		"dim_location",
		"dim_product",
		"fact_orders",
		"fact_payments",
		"joint_tables",
	]);
	for (const name of Object.keys(rulesets).filter((name) => name !== "joint_tables")) {
		expect(rulesets[name]).toMatch(/IsComplete "(\w+_key)",\n {4}IsUnique "\1" where "`\1` is not null"/);
	}
	expect(rulesets.fact_payments).toBe(
		[
			"Rules = [",
			'    IsComplete "payment_key",',
			'    IsUnique "payment_key" where "`payment_key` is not null",',
			'    IsComplete "customer_number",',
			'    IsComplete "check_number",',
			'    IsComplete "customer_key",',
			'    IsComplete "payment_date_key",',
			'    IsComplete "amount",',
			'    ReferentialIntegrity "customer_key" "dim_customer.customer_key" = 1.0,',
			'    ReferentialIntegrity "location_key" "dim_location.location_key" = 1.0,',
			'    ReferentialIntegrity "payment_date_key" "dim_date.date_key" = 1.0',
			"]",
		].join("\n"),
	);
	expect(rulesets.joint_tables).toBe(
		[
			"Rules = [",
			'    IsComplete "order_item_id",',
			'    IsComplete "productid",',
			'    ColumnValues "price" >= 0 where "`price` is not null"',
			"]",
		].join("\n"),
	);
	expect(rulesets.dim_date).toContain("RowCount <= 73200");
});
