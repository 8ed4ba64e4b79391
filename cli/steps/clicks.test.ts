import { expect, test } from "vitest";
import { clickRecords } from "./clicks.ts";

const make = (records: number, seed: number): Record<string, unknown>[] =>
	[...clickRecords({ records, seed })].map((text) => JSON.parse(text));

test("records are the guide's", () => {
	const made = make(2000, 1);
	expect(made).toHaveLength(2000);
	for (const record of made) {
		expect(Object.keys(record)).toEqual(["productid", "productname", "department", "price", "productDetails"]);
		expect(record.productid).toSatisfy((id: unknown) => Number.isInteger(id) && Number(id) >= 1 && Number(id) <= 5);
		expect(record.price).toSatisfy((price: unknown) => typeof price === "number" && price >= 1 && price <= 1000);
		expect(record.productDetails).toEqual({
			color: expect.stringMatching(/./),
			material: expect.stringMatching(/./),
			comments: expect.stringMatching(/./),
		});
	}
	expect(new Set(made.map((record) => record.productid)).size).toBe(5);
	expect(new Set(made.map((record) => record.department)).size).toBeGreaterThan(10);
	expect(new Set(made.map((record) => record.productname)).size).toBeGreaterThan(100);
});

test("a seed gives the same records each time, another seed others", () => {
	expect(make(50, 7)).toEqual(make(50, 7));
	expect(make(50, 7)).not.toEqual(make(50, 8));
});

test("more records begin with the same ones", () => {
	expect(make(80, 7).slice(0, 50)).toEqual(make(50, 7));
});
