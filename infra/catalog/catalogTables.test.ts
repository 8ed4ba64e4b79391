import { describe, expect, it } from "vitest";
import { shop } from "../../tests/support/sampleShop.ts";
import { crawledTables } from "./catalogTables.ts";

describe("the crawled tables", () => {
	it("are the clicks, where there are any, where Firehose writes them", () => {
		expect(crawledTables(shop.pipeline.clicks?.schema)).toMatchObject([
			{ name: "clickstream_data", zone: "raw", prefix: "clickstream-data", format: "json" },
		]);
		expect(crawledTables(undefined)).toEqual([]);
	});

	it("have the columns of a click, in the catalog's types and in lower case", () => {
		const schema = { productId: "int", price: "decimal(12, 2)", details: { Color: "string", sizes: ["int"] } };
		const [clicks] = crawledTables(schema);
		expect(clicks?.columns).toEqual([
			{ name: "productid", type: "int" },
			{ name: "price", type: "decimal(12,2)" },
			{ name: "details", type: "struct<color:string,sizes:array<int>>" },
		]);
	});
});
