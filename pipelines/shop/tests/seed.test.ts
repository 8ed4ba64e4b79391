import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type SampleRow, type SampleSchema, type SampleValue, sampleSize } from "../../../etl/definition/sampleData.ts";
import { datasets } from "../../../tests/support/sampleShop.ts";
import { phpSerialize } from "../seed/phpSerialize.ts";
import { Random } from "../seed/random.ts";
import { schemas } from "../seed/schemas.ts";

function sample(name: string): SampleSchema {
	const found = schemas.find(({ schema }) => schema === name);
	if (found === undefined) throw new Error(name);
	return found;
}

function freshRows(name: string, seed: number): SampleRow[] {
	return [...sample(name).rows(seed, sampleSize(1))];
}

const made = new Map<string, SampleRow[]>();

/** Made once, as most tests look at the same ones. */
function rowsOf(name: string, scale = 1): SampleRow[] {
	const key = `${name} ${scale}`;
	const rows = made.get(key) ?? [...sample(name).rows(1, sampleSize(scale))];
	made.set(key, rows);
	return rows;
}

/** Rows of one table as objects. */
function table(schema: string, name: string, scale = 1): Record<string, SampleValue>[] {
	const columns = sample(schema).tables.find((entry) => entry.name === name)?.columns ?? [];
	return rowsOf(schema, scale)
		.filter((row) => row.table === name)
		.map((row) => Object.fromEntries(columns.map((column, index) => [column, row.values[index] ?? null])));
}

function hash(rows: readonly SampleRow[]): string {
	return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}

afterEach(() => {
	vi.useRealTimers();
});

describe("sample data", () => {
	it("has every table of the definition, with its key", () => {
		for (const { schema, tables } of datasets) {
			const made = sample(schema).tables;
			expect(made.map(({ name }) => name).sort()).toEqual(tables.map(({ name }) => name).sort());
			for (const { name, key } of tables) {
				expect(made.find((entry) => entry.name === name)?.create).toContain(`PRIMARY KEY (${key?.join(",")})`);
			}
		}
	});

	it.each(["wordpress-db", "classicmodels"])("gives %s the same rows for the same seed, on any day", (schema) => {
		const first = hash(freshRows(schema, 7));
		vi.useFakeTimers({ now: Date.UTC(2031, 1, 2) });
		expect(hash(freshRows(schema, 7))).toBe(first);
		expect(hash(freshRows(schema, 8))).not.toBe(first);
	});

	it.each(["wordpress-db", "classicmodels"])("gives every row of %s a value for every column", (schema) => {
		const columns = new Map(sample(schema).tables.map((entry) => [entry.name, entry.columns.length]));
		for (const row of rowsOf(schema)) expect(row.values).toHaveLength(columns.get(row.table) ?? -1);
	});

	it.each(["wordpress-db", "classicmodels"])("leaves no table of %s empty", (schema) => {
		const filled = new Set(rowsOf(schema).map((row) => row.table));
		expect([...filled].sort()).toEqual(
			sample(schema)
				.tables.map(({ name }) => name)
				.sort(),
		);
	});
});

describe("wordpress-db", () => {
	it.each([1, 3])("has 15 terms, numbered from 1, at scale %i", (scale) => {
		const ids = table("wordpress-db", "wp_terms", scale).map((row) => row.term_id);
		expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
	});

	it("has order items and products with the ids 1 to 5", () => {
		const items = table("wordpress-db", "wp_woocommerce_order_items").map((row) => row.order_item_id);
		const products = table("wordpress-db", "wp_posts").filter((row) => row.post_type === "product");
		for (const id of [1, 2, 3, 4, 5]) {
			expect(items).toContain(id);
			expect(products.map((row) => row.ID)).toContain(id);
		}
	});

	it("has zero dates, emoji, quotes and backslashes, as real sites do", () => {
		const posts = table("wordpress-db", "wp_posts");
		expect(posts.some((row) => row.post_date_gmt === "0000-00-00 00:00:00")).toBe(true);
		const texts = rowsOf("wordpress-db").flatMap((row) => row.values.filter((value) => typeof value === "string"));
		for (const mark of [/\p{Emoji_Presentation}/u, /"/, /'/, /\\/, /\n/]) {
			expect(texts.some((text) => mark.test(text))).toBe(true);
		}
	});

	it("bills what the items, tax and shipping add up to", () => {
		const meta = table("wordpress-db", "wp_postmeta");
		const cents = (post: SampleValue, key: string): number =>
			Math.round(Number(meta.find((row) => row.post_id === post && row.meta_key === key)?.meta_value) * 100);
		const items = table("wordpress-db", "wp_woocommerce_order_items");
		const itemMeta = table("wordpress-db", "wp_woocommerce_order_itemmeta");
		const [order] = table("wordpress-db", "wp_posts").filter((row) => row.post_type === "shop_order");
		const lines = items.filter((row) => row.order_id === order?.ID).map((row) => row.order_item_id);
		const net = itemMeta
			.filter((row) => lines.includes(row.order_item_id ?? null) && row.meta_key === "_line_total")
			.reduce((sum, row) => sum + Math.round(Number(row.meta_value) * 100), 0);
		const id = order?.ID ?? null;
		expect(cents(id, "_order_total")).toBe(net + cents(id, "_order_tax") + cents(id, "_order_shipping"));
	});
});

describe("classicmodels", () => {
	it("has the guide's sizes", () => {
		const count = (name: string): number => table("classicmodels", name).length;
		expect(count("productlines")).toBe(7);
		expect(count("products")).toBe(110);
		expect(count("customers")).toBe(122);
		expect(count("orders")).toBe(326);
		expect(count("orderdetails")).toBeGreaterThan(2700);
		expect(count("orderdetails")).toBeLessThan(3300);
	});

	it("multiplies orders by the scale and products by its root", () => {
		expect(table("classicmodels", "orders", 4)).toHaveLength(4 * 326);
		expect(table("classicmodels", "products", 4)).toHaveLength(2 * 110);
	});

	it("sends every row after the rows that it refers to", () => {
		const references: Record<string, readonly (readonly [column: string, parent: string])[]> = {
			products: [["productLine", "productlines"]],
			employees: [
				["officeCode", "offices"],
				["reportsTo", "employees"],
			],
			customers: [["salesRepEmployeeNumber", "employees"]],
			orders: [["customerNumber", "customers"]],
			orderdetails: [
				["orderNumber", "orders"],
				["productCode", "products"],
			],
			payments: [["customerNumber", "customers"]],
		};
		const columns = new Map(sample("classicmodels").tables.map((entry) => [entry.name, entry.columns]));
		const keys = new Map<string, Set<SampleValue | undefined>>();
		for (const row of rowsOf("classicmodels")) {
			for (const [column, parent] of references[row.table] ?? []) {
				const value = row.values[columns.get(row.table)?.indexOf(column) ?? -1];
				if (value !== null) expect(keys.get(parent)).toContain(value);
			}
			const known = keys.get(row.table) ?? new Set();
			keys.set(row.table, known.add(row.values[0]));
		}
	});

	it("has payments that never exceed what the customer's shipped orders come to, and pay most of it", () => {
		const owed = new Map<SampleValue, number>();
		const orders = new Map(table("classicmodels", "orders").map((row) => [row.orderNumber, row]));
		for (const line of table("classicmodels", "orderdetails")) {
			const order = orders.get(line.orderNumber ?? null);
			if (order?.shippedDate === null) continue;
			const customer = order?.customerNumber ?? null;
			const cents = Math.round(Number(line.priceEach) * 100) * Number(line.quantityOrdered);
			owed.set(customer, (owed.get(customer) ?? 0) + cents);
		}
		const paid = new Map<SampleValue, number>();
		for (const payment of table("classicmodels", "payments")) {
			const customer = payment.customerNumber ?? null;
			paid.set(customer, (paid.get(customer) ?? 0) + Math.round(Number(payment.amount) * 100));
		}
		for (const [customer, cents] of paid) expect(cents).toBeLessThanOrEqual(owed.get(customer) ?? 0);
		const sum = (amounts: Map<SampleValue, number>): number =>
			[...amounts.values()].reduce((all, cents) => all + cents, 0);
		expect(sum(paid) / sum(owed)).toBeGreaterThan(0.85);
	});

	it("ships within the history and never before the order", () => {
		for (const { orderDate, shippedDate, requiredDate } of table("classicmodels", "orders")) {
			expect(String(requiredDate) > String(orderDate)).toBe(true);
			if (shippedDate !== null) expect(String(shippedDate) >= String(orderDate)).toBe(true);
			expect(String(orderDate) >= "2024-01-01" && String(shippedDate ?? orderDate) <= "2026-06-30").toBe(true);
		}
	});
});

describe("Random", () => {
	it("draws every value, within its bounds", () => {
		const random = Random.of(1, "test");
		const drawn = new Set(Array.from({ length: 500 }, () => random.int(3, 7)));
		expect([...drawn].sort()).toEqual([3, 4, 5, 6, 7]);
	});

	it("samples different values, and all where more are asked for", () => {
		const random = Random.of(1, "test");
		expect(new Set(random.sample(["a", "b", "c", "d"], 3)).size).toBe(3);
		expect(random.sample(["a", "b"], 5).sort()).toEqual(["a", "b"]);
	});

	it("never draws a value of weight 0", () => {
		const random = Random.of(1, "test");
		for (let draw = 0; draw < 200; draw += 1) expect(random.weighted(["a", "b"], [1, 0])).toBe("a");
	});
});

describe("phpSerialize", () => {
	it.each([
		[{ customer: true }, 'a:1:{s:8:"customer";b:1;}'],
		[["x", 2], 'a:2:{i:0;s:1:"x";i:1;i:2;}'],
		["né🌙", 's:7:"né🌙";'],
		[1.5, "d:1.5;"],
	])("writes %j as PHP does", (value, text) => {
		expect(phpSerialize(value)).toBe(text);
	});
});
