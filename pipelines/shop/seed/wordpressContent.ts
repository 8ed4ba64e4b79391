import type { SampleRow, SampleSize } from "../../../etl/definition/sampleData.ts";
import { plainName } from "./people.ts";
import { phpSerialize } from "./phpSerialize.ts";
import type { Random } from "./random.ts";
import { daysAfter, historyDays, lastDay, money } from "./rows.ts";
import {
	type Counters,
	type Customer,
	commentRow,
	postMetaRows,
	postRow,
	type ShopProduct,
	siteUrl,
} from "./wordpressParts.ts";
import {
	blogTitles,
	categoryCount,
	firstCategory,
	pages,
	productAdjectives,
	productNouns,
	reviews,
	sentences,
} from "./wordpressWords.ts";

const firstDay = daysAfter(lastDay, -historyDays);

/** Products with their pictures, prices, categories and reviews; then pages and the blog. */
export function* contentRows(
	random: Random,
	size: SampleSize,
	counters: Counters,
	customers: readonly Customer[],
	products: ShopProduct[],
): Generator<SampleRow> {
	const productCount = size.described(24);
	for (let index = 0; index < productCount; index += 1) {
		const product = {
			id: counters.next("post"),
			name: `${random.pick(productAdjectives)} ${random.pick(productNouns)}`,
			cents: random.int(5, 180) * 100 - 5,
		};
		products.push(product);
		yield* productRows(random, counters, customers, product);
	}
	for (const product of products) {
		const slug = `${plainName(product.name, "-")}-${product.id}`;
		const id = counters.next("post");
		yield postRow({
			id,
			author: 1,
			at: firstDay,
			title: slug,
			name: `${slug}-image`,
			type: "attachment",
			status: "inherit",
			parent: product.id,
			mime: "image/jpeg",
		});
		const file = `2024/01/${slug}.jpg`;
		yield* postMetaRows(counters, id, {
			_wp_attached_file: file,
			_wp_attachment_metadata: phpSerialize({ width: 1200, height: 900, file, sizes: { thumbnail: { width: 150 } } }),
		});
	}
	for (const title of pages) {
		const at = firstDay + random.int(0, 86_399) * 1000;
		yield postRow({
			id: counters.next("post"),
			author: 1,
			at,
			title,
			name: plainName(title, "-"),
			type: "page",
			status: "publish",
		});
	}
	yield* blogRows(random, size, counters, customers);
}

function* productRows(
	random: Random,
	counters: Counters,
	customers: readonly Customer[],
	product: ShopProduct,
): Generator<SampleRow> {
	const at = firstDay + random.int(0, 20 * 86_400) * 1000;
	const comments = random.int(0, 5);
	yield postRow({
		id: product.id,
		author: 1,
		at,
		title: product.name,
		name: `${plainName(product.name, "-")}-${product.id}`,
		type: "product",
		status: "publish",
		content: `<p>${random.sample(sentences, 3).join(" ")}</p>`,
		excerpt: random.pick(sentences),
		comments,
	});
	const stock = random.int(0, 90);
	yield* postMetaRows(counters, product.id, {
		_sku: `WC-${String(product.id).padStart(5, "0")}`,
		_regular_price: money(product.cents),
		_sale_price: random.chance(0.2) ? money(Math.round(product.cents * 0.9)) : null,
		_price: money(product.cents),
		_manage_stock: "yes",
		_stock: String(stock),
		_stock_status: stock === 0 ? "outofstock" : "instock",
		total_sales: String(random.int(0, 400)),
		_product_attributes: phpSerialize({
			colour: { name: "Colour", value: "Blue | “Naïve” red", position: 0, is_visible: 1 },
		}),
	});
	const category = firstCategory + random.int(0, categoryCount - 1);
	// Term 2 is the product type `simple`.
	for (const term of [2, category]) yield { table: "wp_term_relationships", values: [product.id, term, 0] };
	for (let index = 0; index < comments; index += 1) {
		const customer = random.pick(customers);
		yield commentRow(counters, {
			post: product.id,
			author: `${customer.first} ${customer.last}`,
			email: customer.email,
			user: customer.id,
			ip: `203.0.113.${random.int(1, 254)}`,
			at: Math.min(at + random.int(1, 800 * 86_400) * 1000, lastDay),
			content: random.pick(reviews),
			type: "review",
			approved: random.chance(0.9),
		});
	}
}

function* blogRows(
	random: Random,
	size: SampleSize,
	counters: Counters,
	customers: readonly Customer[],
): Generator<SampleRow> {
	const count = size.described(30);
	for (let index = 0; index < count; index += 1) {
		const id = counters.next("post");
		const at = daysAfter(firstDay, Math.floor((index / count) * historyDays)) + random.int(0, 86_399) * 1000;
		const isDraft = index % 10 === 9;
		const title = random.pick(blogTitles);
		const comments = isDraft ? 0 : random.int(0, 2);
		yield postRow({
			id,
			author: random.int(1, 3),
			at,
			title,
			name: isDraft ? "" : `${plainName(title, "-")}-${id}`,
			type: "post",
			status: isDraft ? "draft" : "publish",
			content: random
				.sample(sentences, 4)
				.map(
					(sentence) =>
						`<!-- wp:paragraph -->\n<p>${sentence} <a href="${siteUrl}/shop">Shop</a></p>\n<!-- /wp:paragraph -->`,
				)
				.join("\n\n"),
			comments,
		});
		yield { table: "wp_term_relationships", values: [id, 1, 0] };
		for (let comment = 0; comment < comments; comment += 1) {
			const { id: user, first, last, email } = random.pick(customers);
			yield commentRow(counters, {
				post: id,
				author: `${first} ${last}`,
				email,
				user,
				ip: `198.51.100.${random.int(1, 254)}`,
				at: Math.min(at + random.int(1, 20 * 86_400) * 1000, lastDay),
				content: random.pick(reviews),
				type: "comment",
				approved: true,
			});
		}
	}
}
