import type { SampleRow, SampleSize } from "../../../etl/definition/sampleData.ts";
import { address, phone } from "./people.ts";
import type { Random } from "./random.ts";
import { daysAfter, historyDays, lastDay, money, sqlDateTime } from "./rows.ts";
import { type Counters, type Customer, commentRow, postMetaRows, postRow, type ShopProduct } from "./wordpressParts.ts";
import { orderNotes } from "./wordpressWords.ts";

const statuses = ["wc-completed", "wc-processing", "wc-on-hold", "wc-cancelled", "wc-refunded"] as const;
const statusWeights = [80, 8, 4, 5, 3];
const shippingCents = 495;
const taxRate = 0.08;

/** Orders of the shop: the post, its metadata, its items with theirs, and the notes that WooCommerce keeps as comments. */
export function* orderRows(
	random: Random,
	size: SampleSize,
	counters: Counters,
	customers: readonly Customer[],
	products: readonly ShopProduct[],
): Generator<SampleRow> {
	const count = size.rows(130);
	const firstDay = daysAfter(lastDay, -historyDays);
	for (let index = 0; index < count; index += 1) {
		const id = counters.next("post");
		const at = daysAfter(firstDay, Math.floor((index / count) * historyDays)) + random.int(0, 86_399) * 1000;
		const customer = random.pick(customers);
		const status = random.weighted(statuses, statusWeights);
		const key = `wc_order_${random.hex(13)}`;
		yield postRow({
			id,
			author: 1,
			at,
			title: `Order &ndash; ${sqlDateTime(at)}`,
			name: `order-${id}`,
			type: "shop_order",
			status,
			excerpt: random.chance(0.15) ? "Please leave it at the neighbour's 🙏" : "",
			password: key,
			comments: orderNotes.length,
		});
		const lines = random.sample(products, random.int(1, 4)).map((product) => ({ product, quantity: random.int(1, 3) }));
		const net = lines.reduce((sum, { product, quantity }) => sum + product.cents * quantity, 0);
		const tax = Math.round(net * taxRate);
		yield* postMetaRows(counters, id, {
			...orderMeta(random, customer, key),
			_order_shipping: money(shippingCents),
			_order_tax: money(tax),
			_order_total: money(net + tax + shippingCents),
			_date_completed: status === "wc-completed" ? String(Math.floor(at / 1000) + 86_400) : null,
		});
		yield* itemRows(counters, id, lines);
		for (const content of orderNotes) {
			yield commentRow(counters, {
				post: id,
				author: "WooCommerce",
				email: "woocommerce@shop.example",
				user: 0,
				ip: "",
				at,
				content,
				type: "order_note",
				approved: true,
			});
		}
	}
}

function orderMeta(random: Random, customer: Customer, key: string): Record<string, string | null> {
	const { place, city, state, postalCode, street } = address(random);
	return {
		_order_key: key,
		_customer_user: String(customer.id),
		_payment_method: random.pick(["stripe", "paypal", "bacs"]),
		_order_currency: "USD",
		_billing_first_name: customer.first,
		_billing_last_name: customer.last,
		_billing_address_1: street,
		_billing_city: city,
		_billing_state: state,
		_billing_postcode: postalCode,
		_billing_country: place.code,
		_billing_email: customer.email,
		_billing_phone: phone(random, place),
	};
}

function* itemRows(
	counters: Counters,
	order: number,
	lines: readonly { product: ShopProduct; quantity: number }[],
): Generator<SampleRow> {
	for (const { product, quantity } of lines) {
		const cents = product.cents * quantity;
		yield* item(counters, order, product.name, "line_item", {
			_product_id: String(product.id),
			_variation_id: "0",
			_qty: String(quantity),
			_tax_class: "",
			_line_subtotal: money(cents),
			_line_total: money(cents),
			_line_tax: money(Math.round(cents * taxRate)),
		});
	}
	yield* item(counters, order, "Flat rate", "shipping", { method_id: "flat_rate", cost: money(shippingCents) });
}

function* item(
	counters: Counters,
	order: number,
	name: string,
	type: "line_item" | "shipping",
	meta: Readonly<Record<string, string>>,
): Generator<SampleRow> {
	const id = counters.next("orderItem");
	yield { table: "wp_woocommerce_order_items", values: [id, name, type, order] };
	for (const [key, value] of Object.entries(meta)) {
		yield { table: "wp_woocommerce_order_itemmeta", values: [counters.next("orderItemMeta"), id, key, value] };
	}
}
