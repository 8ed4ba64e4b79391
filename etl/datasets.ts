import { changeLogName } from "./contract/contract.ts";
import type { Dataset, TableDefinition, TableRule } from "./contract/datasets.ts";

/**
 * What is replicated; where it is in the lake, `contract/contract.ts` says. Read by the Pulumi program (DMS table mappings, roles),
 * by the CLI (local replicator, catalog, checks) and, as JSON, by the jobs (`--datasets_uri`).
 */

export type { Dataset, TableDefinition, TableRule };

const table = (name: string, key: readonly string[], rules: readonly TableRule[] = []): TableDefinition => ({
	name,
	key,
	rules: [...key.map((column): TableRule => ({ kind: "not_null", columns: [column], severity: "error" })), ...rules],
});

export const datasets: readonly Dataset[] = [
	{
		schema: "wordpress-db",
		tables: [
			table("wp_comments", ["comment_ID"]),
			table("wp_options", ["option_id"]),
			table("wp_postmeta", ["meta_id"]),
			table("wp_posts", ["ID"]),
			table("wp_term_relationships", ["object_id", "term_taxonomy_id"]),
			table("wp_term_taxonomy", ["term_taxonomy_id"]),
			table("wp_termmeta", ["meta_id"]),
			table("wp_terms", ["term_id"]),
			table("wp_usermeta", ["umeta_id"]),
			table("wp_users", ["ID"]),
			table("wp_woocommerce_order_itemmeta", ["meta_id"]),
			table("wp_woocommerce_order_items", ["order_item_id"]),
			table("wp_woocommerce_shipping_zone_locations", ["location_id"]),
			table("wp_woocommerce_shipping_zone_methods", ["instance_id"]),
			table("wp_woocommerce_shipping_zones", ["zone_id"]),
		],
	},
	{
		schema: "classicmodels",
		tables: [
			table("customers", ["customerNumber"]),
			table("employees", ["employeeNumber"]),
			table("offices", ["officeCode"]),
			table(
				"orderdetails",
				["orderNumber", "productCode"],
				[{ kind: "range", column: "quantityOrdered", min: 1, severity: "error" }],
			),
			table("orders", ["orderNumber"]),
			table("payments", ["customerNumber", "checkNumber"]),
			table("productlines", ["productLine"]),
			table("products", ["productCode"]),
		],
	},
];

/** Name in the catalog of a current table; that of its change log is made by `changeLogName`. Catalog names are lower case. */
export function catalogName(table: TableDefinition): string {
	return (table.alias ?? table.name).toLowerCase();
}

/**
 * @throws Error naming both places where two tables would have one name in the catalog.
 */
export function assertUniqueNames(sets: readonly Dataset[]): void {
	const seen = new Map<string, string>();
	for (const { schema, tables } of sets) {
		for (const entry of tables) {
			const place = `${schema}.${entry.name}`;
			for (const name of [catalogName(entry), changeLogName(catalogName(entry))]) {
				const other = seen.get(name);
				if (other !== undefined) {
					throw new Error(
						`${other} and ${place} would both be ${name} in the catalog: give one an alias in etl/datasets.ts`,
					);
				}
				seen.set(name, place);
			}
		}
	}
}

assertUniqueNames(datasets);
