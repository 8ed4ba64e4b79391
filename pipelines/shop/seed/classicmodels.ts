import type { SampleRow, SampleSize, SampleValue } from "../../../etl/definition/sampleData.ts";
import { makers, officePlaces, orderComments, productLines, vendors } from "./classicmodelsWords.ts";
import { address, person, phone, plainName } from "./people.ts";
import { Random } from "./random.ts";
import { daysAfter, historyDays, lastDay, money, sqlDate } from "./rows.ts";
import { companyKinds, companyWords, places } from "./vocabulary.ts";

interface Product {
	code: string;
	cents: number;
}

/** Rows of the schema `classicmodels`, parents before their children. */
export function* classicmodelsRows(seed: number, size: SampleSize): Generator<SampleRow> {
	const products: Product[] = [];
	yield* productRows(Random.of(seed, "products"), size, products);
	const representatives: number[] = [];
	yield* staffRows(Random.of(seed, "staff"), size, representatives);
	const buyers: number[] = [];
	yield* customerRows(Random.of(seed, "customers"), size, representatives, buyers);
	yield* orderRows(Random.of(seed, "orders"), size, products, buyers);
}

function* productRows(random: Random, size: SampleSize, products: Product[]): Generator<SampleRow> {
	for (const [index, line] of productLines.entries()) {
		const html = `<p>${line.description.replaceAll("&", "&amp;")}</p>`;
		const image = index % 3 === 0 ? Buffer.from(`89504e470d0a1a0a${random.hex(128)}`, "hex") : null;
		yield row("productlines", line.name, line.description, index % 2 === 0 ? html : null, image);
	}
	const count = size.described(110);
	for (let number = 1; number <= count; number += 1) {
		const line = productLines[(number * 3) % productLines.length] ?? random.pick(productLines);
		const year = random.int(line.years[0], line.years[1]);
		const buyCents = random.int(1500, 10_000);
		const cents = Math.round(buyCents * (1.25 + random.next() * 0.9));
		const code = `${line.code}${line.scale}-${String(1000 + number)}`;
		products.push({ code, cents });
		const name = `${year} ${random.pick(makers)} ${random.pick(line.models)}`;
		yield row(
			"products",
			code,
			name,
			line.name,
			`1:${line.scale}`,
			random.pick(vendors),
			`${name} in 1:${line.scale}. ${random.pick(line.details)} ${random.pick(line.details)}`,
			random.int(12, 9800),
			money(buyCents),
			money(cents),
		);
	}
}

const chiefs = [
	"President",
	"VP Sales",
	"VP Marketing",
	"Sales Manager (NA)",
	"Sales Manager (EMEA)",
	"Sales Manager (APAC)",
];

function* staffRows(random: Random, size: SampleSize, representatives: number[]): Generator<SampleRow> {
	for (const [index, country] of officePlaces.entries()) {
		const { place, city, state, postalCode, street } = address(
			random,
			places.find((found) => found.country === country),
		);
		const floor = index % 2 === 0 ? `Floor ${random.int(1, 12)}` : null;
		yield row(
			"offices",
			String(index + 1),
			city,
			phone(random, place),
			street,
			floor,
			state,
			place.country,
			postalCode,
			place.territory,
		);
	}
	const count = Math.max(chiefs.length + 3, size.described(23));
	for (let index = 0; index < count; index += 1) {
		const { first, last } = person(random);
		const number = 1002 + index * 7;
		const title = chiefs[index] ?? "Sales Rep";
		if (title === "Sales Rep") representatives.push(number);
		// The president reports to nobody, the vice presidents to the president, managers to the VP Sales, the rest to managers.
		const manager = index === 0 ? null : index < 3 ? 0 : index < chiefs.length ? 1 : 3 + (index % 3);
		yield row(
			"employees",
			number,
			last,
			first,
			`x${random.int(100, 9999)}`,
			`${plainName(first).slice(0, 1)}${plainName(last)}${number}@classicmodels.example`,
			index < chiefs.length ? "1" : String(random.int(1, officePlaces.length)),
			manager === null ? null : 1002 + manager * 7,
			title,
		);
	}
}

function* customerRows(
	random: Random,
	size: SampleSize,
	representatives: readonly number[],
	buyers: number[],
): Generator<SampleRow> {
	const count = size.rows(122);
	for (let index = 0; index < count; index += 1) {
		const { first, last } = person(random);
		const { place, city, state, postalCode, street } = address(random);
		const number = 101 + index * 3;
		// Every tenth has asked for a catalogue and never ordered.
		const buys = index % 10 !== 9;
		if (buys) buyers.push(number);
		yield row(
			"customers",
			number,
			`${random.pick(companyWords)} ${random.pick(companyWords)} ${random.pick(companyKinds)}`,
			last,
			first,
			phone(random, place),
			street,
			random.chance(0.2) ? `Suite ${random.int(2, 400)}` : null,
			city,
			state,
			random.chance(0.95) ? postalCode : null,
			place.country,
			buys ? random.pick(representatives) : null,
			buys ? money(random.int(110, 1400) * 10_000) : "0.00",
		);
	}
}

function* orderRows(
	random: Random,
	size: SampleSize,
	products: readonly Product[],
	buyers: readonly number[],
): Generator<SampleRow> {
	const count = size.rows(326);
	const firstDay = daysAfter(lastDay, -historyDays);
	let checks = 100_000;
	for (let index = 0; index < count; index += 1) {
		// Business grows: orders come closer together towards the end.
		const share = (index + random.next()) / count;
		const placed = daysAfter(firstDay, Math.floor(share * (1.3 - 0.3 * share) * (historyDays + 1)));
		// A few customers order far more often than the others.
		const rank = random.next() * (0.3 + 0.7 * random.next());
		const customer = buyers[Math.floor(rank * buyers.length)] ?? random.pick(buyers);
		const status = orderStatus(random, (lastDay - placed) / 86_400_000);
		const shipped = hasShipped(status) ? Math.min(daysAfter(placed, random.int(1, 7)), lastDay) : undefined;
		const number = 10_100 + index;
		yield row(
			"orders",
			number,
			sqlDate(placed),
			sqlDate(daysAfter(placed, random.int(7, 14))),
			shipped === undefined ? null : sqlDate(shipped),
			status,
			status === "Shipped" && random.chance(0.75) ? null : random.pick(orderComments),
			customer,
		);
		let total = 0;
		for (const [line, product] of random.sample(products, random.int(2, 16)).entries()) {
			const quantity = random.int(10, 55);
			const each = Math.round(product.cents * (0.8 + random.next() * 0.2));
			total += quantity * each;
			yield row("orderdetails", number, product.code, quantity, money(each), line + 1);
		}
		if (shipped === undefined || status === "Disputed") continue;
		for (const cents of random.chance(0.15) ? [Math.round(total * 0.4), total - Math.round(total * 0.4)] : [total]) {
			const paid = daysAfter(shipped, random.int(3, 35));
			if (paid > lastDay) continue;
			checks += 1;
			yield row(
				"payments",
				customer,
				`${random.pick(["AB", "FQ", "KM", "PT", "WZ"])}${checks}`,
				sqlDate(paid),
				money(cents),
			);
		}
	}
}

function orderStatus(random: Random, age: number): string {
	if (age < 10) return random.weighted(["In Process", "Shipped", "On Hold"], [70, 25, 5]);
	return random.weighted(["Shipped", "Cancelled", "Resolved", "Disputed", "On Hold"], [93, 2, 2, 1.5, 1.5]);
}

function hasShipped(status: string): boolean {
	return status === "Shipped" || status === "Resolved" || status === "Disputed";
}

function row(table: string, ...values: SampleValue[]): SampleRow {
	return { table, values };
}
