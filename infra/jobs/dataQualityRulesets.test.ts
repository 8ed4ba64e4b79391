import { describe, expect, it } from "vitest";
import { type Dataset, datasets, type QualityRule } from "../../etl/datasets.ts";
import { derivedDatasets } from "../../etl/derivedDatasets.ts";
import { dataQualityRuleset } from "./dataQualityRulesets.ts";

/** The ruleset of a table `t` with these rules. */
function ruleset(...quality: QualityRule[]): string {
	const table = { name: "t", key: [], quality };
	const dataset: Dataset = { schema: "s", tables: [table, { name: "Orders", key: ["id"], alias: "shop_orders" }] };
	return dataQualityRuleset(table, dataset, "raw-bucket");
}

describe("a rule in DQDL", () => {
	const cases: [QualityRule, string[]][] = [
		[{ rule: "not_null", column: "id" }, ['IsComplete "id"']],
		[{ rule: "unique", columns: ["mail"] }, ['IsUnique "mail" where "`mail` is not null"']],
		[
			{ rule: "unique", columns: ["a", "b c"] },
			['IsPrimaryKey "a" "b c" where "`a` is not null and `b c` is not null"'],
		],
		[
			{ rule: "references", column: "order_id", table: "Orders", parent: "id" },
			['ReferentialIntegrity "order_id" "shop_orders.id" = 1.0'],
		],
		[
			{ rule: "references", column: "order_id", table: "Elsewhere", parent: "id" },
			['ReferentialIntegrity "order_id" "elsewhere.id" = 1.0'],
		],
		[{ rule: "range", column: "n", min: 1 }, ['ColumnValues "n" >= 1 where "`n` is not null"']],
		[{ rule: "range", column: "n", max: -0.5 }, ['ColumnValues "n" <= -0.5 where "`n` is not null"']],
		[
			{ rule: "range", column: "n", min: 0, max: 10 },
			['ColumnValues "n" >= 0 where "`n` is not null"', 'ColumnValues "n" <= 10 where "`n` is not null"'],
		],
		[{ rule: "row_count", min: 1 }, ["RowCount >= 1"]],
		[{ rule: "row_count", min: 0, max: 100 }, ["RowCount >= 0", "RowCount <= 100"]],
		[
			{ rule: "freshness", hours: 24 },
			['FileFreshness "s3://raw-bucket/s/t/" >= (now() - 24 hours) with threshold > 0.0'],
		],
	];
	it.each(cases)("%j", (rule, lines) => {
		expect(ruleset(rule)).toBe(`Rules = [\n${lines.map((line) => `    ${line}`).join(",\n")}\n]`);
	});

	it("escapes what would end a name, in DQDL and in the SQL within", () => {
		expect(ruleset({ rule: "not_null", column: 'a"b\\c' })).toContain('IsComplete "a\\"b\\\\c"');
		expect(ruleset({ rule: "range", column: 'a"`b', min: 1 })).toContain(
			'ColumnValues "a\\"`b" >= 1 where "`a\\"``b` is not null"',
		);
	});

	it("refuses what DQDL has no way to write", () => {
		expect(() => ruleset({ rule: "range", column: "n", max: 1e21 })).toThrow("1e+21 cannot be written");
		expect(() => ruleset({ rule: "freshness", hours: 0.5 })).toThrow("give whole hours");
		expect(() => ruleset({ rule: "references", column: "a,b", table: "Orders", parent: "id" })).toThrow(
			"a,b cannot be named",
		);
	});
});

it("the rulesets of the datasets", () => {
	const all = Object.fromEntries(
		datasets.flatMap((dataset) =>
			dataset.tables.map((table) => [table.name, dataQualityRuleset(table, dataset, "raw-bucket")]),
		),
	);
	const complete = (...columns: string[]) =>
		`Rules = [\n${columns.map((column) => `    IsComplete "${column}"`).join(",\n")}\n]`;
	expect(all).toEqual({
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
	const all = Object.fromEntries(
		derivedDatasets.flatMap((dataset) =>
			dataset.tables.map((table) => [table.name, dataQualityRuleset(table, dataset, "raw-bucket")]),
		),
	);
	expect(Object.keys(all).sort()).toEqual([
		"dim_customer",
		"dim_date",
		"dim_employee",
		"dim_location",
		"dim_product",
		"fact_orders",
		"fact_payments",
		"joint_tables",
	]);
	for (const name of Object.keys(all).filter((name) => name !== "joint_tables")) {
		expect(all[name]).toMatch(/IsComplete "(\w+_key)",\n {4}IsUnique "\1" where "`\1` is not null"/);
	}
	expect(all.fact_payments).toBe(
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
	expect(all.joint_tables).toBe(
		[
			"Rules = [",
			'    IsComplete "order_item_id",',
			'    IsComplete "productid",',
			'    ColumnValues "price" >= 0 where "`price` is not null"',
			"]",
		].join("\n"),
	);
	expect(all.dim_date).toContain("RowCount <= 73200");
});
