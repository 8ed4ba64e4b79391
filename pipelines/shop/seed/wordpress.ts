import type { SampleRow, SampleSize } from "../../../etl/definition/sampleData.ts";
import { person, plainName } from "./people.ts";
import { phpSerialize } from "./phpSerialize.ts";
import { Random } from "./random.ts";
import { daysAfter, historyDays, lastDay, sqlDateTime } from "./rows.ts";
import { contentRows } from "./wordpressContent.ts";
import { orderRows } from "./wordpressOrders.ts";
import { Counters, type Customer, type ShopProduct } from "./wordpressParts.ts";
import { shippingZones, siteOptions, terms } from "./wordpressWords.ts";

/** Rows of the schema `wordpress-db`: a small WooCommerce shop. Product posts have the lowest ids, from 1. */
export function* wordpressRows(seed: number, size: SampleSize): Generator<SampleRow> {
	const counters = new Counters();
	const customers: Customer[] = [];
	yield* userRows(Random.of(seed, "users"), size, counters, customers);
	yield* termRows();
	const products: ShopProduct[] = [];
	yield* contentRows(Random.of(seed, "content"), size, counters, customers, products);
	yield* optionRows(Random.of(seed, "options"));
	yield* shippingRows();
	yield* orderRows(Random.of(seed, "shop orders"), size, counters, customers, products);
}

function* userRows(random: Random, size: SampleSize, counters: Counters, customers: Customer[]): Generator<SampleRow> {
	const count = size.rows(60);
	for (let index = 0; index < count; index += 1) {
		const id = counters.next("user");
		const { first, last } = person(random);
		const role = index === 0 ? "administrator" : index < 3 ? "shop_manager" : "customer";
		const login = index === 0 ? "owner" : `${plainName(first)}.${plainName(last)}${id}`;
		const email = `${login}@mail.example`;
		customers.push({ id, first, last, email });
		yield {
			table: "wp_users",
			values: [
				id,
				login,
				`$P$B${random.hex(30)}`,
				login.replaceAll(".", "-"),
				email,
				random.chance(0.1) ? `https://${login}.example` : "",
				sqlDateTime(daysAfter(lastDay, -historyDays) + random.int(0, historyDays * 86_399) * 1000),
				"",
				0,
				`${first} ${last}`,
			],
		};
		const meta: Record<string, string> = {
			nickname: login,
			first_name: first,
			last_name: last,
			wp_capabilities: phpSerialize({ [role]: true }),
			wp_user_level: role === "administrator" ? "10" : "0",
			...(role === "customer" ? { paying_customer: "1", billing_email: email } : { show_admin_bar_front: "true" }),
		};
		for (const [key, value] of Object.entries(meta)) {
			yield { table: "wp_usermeta", values: [counters.next("usermeta"), id, key, value] };
		}
	}
}

function* termRows(): Generator<SampleRow> {
	for (const [index, [name, slug, taxonomy, description]] of terms.entries()) {
		const id = index + 1;
		yield { table: "wp_terms", values: [id, name, slug, 0] };
		yield { table: "wp_term_taxonomy", values: [id, id, taxonomy, description, 0, 0] };
		if (taxonomy !== "product_cat") continue;
		yield { table: "wp_termmeta", values: [id * 2 - 1, id, "order", "0"] };
		yield { table: "wp_termmeta", values: [id * 2, id, "display_type", null] };
	}
}

function* optionRows(random: Random): Generator<SampleRow> {
	const options: [string, string, string][] = siteOptions.map(([name, value]) => [name, value, "yes"]);
	const plugins = ["woocommerce/woocommerce.php", "akismet/akismet.php"];
	options.push(
		["active_plugins", phpSerialize(plugins), "yes"],
		["sidebars_widgets", phpSerialize({ wp_inactive_widgets: [], "sidebar-1": ["search-2", "recent-posts-2"] }), "yes"],
		["woocommerce_permalinks", phpSerialize({ product_base: "/product/", category_base: "product-category" }), "yes"],
		["theme_mods_storefront", phpSerialize({ custom_logo: 7, footer: "© The Corner Shop – “open late” 🌙" }), "yes"],
	);
	for (let index = 0; index < 12; index += 1) {
		const key = random.hex(32);
		options.push([`_transient_timeout_wc_${key}`, String(Math.floor(lastDay / 1000) + index * 3600), "no"]);
		options.push([
			`_transient_wc_${key}`,
			phpSerialize({ version: random.int(1, 1e9), value: [index, index * 2] }),
			"no",
		]);
	}
	for (const [index, [name, value, autoload]] of options.entries()) {
		yield { table: "wp_options", values: [index + 1, name, value, autoload] };
	}
}

function* shippingRows(): Generator<SampleRow> {
	let location = 0;
	let instance = 0;
	for (const [index, zone] of shippingZones.entries()) {
		const id = index + 1;
		yield { table: "wp_woocommerce_shipping_zones", values: [id, zone.name, index] };
		for (const [code, type] of zone.locations) {
			location += 1;
			yield { table: "wp_woocommerce_shipping_zone_locations", values: [location, id, code, type] };
		}
		for (const [order, method] of ["flat_rate", "free_shipping", "local_pickup"].entries()) {
			instance += 1;
			const enabled = method === "local_pickup" && index > 0 ? 0 : 1;
			yield { table: "wp_woocommerce_shipping_zone_methods", values: [id, instance, method, order + 1, enabled] };
		}
	}
}
