import { describe, expect, it } from "vitest";
import { derivedDatasets, shop } from "../../tests/support/sampleShop.ts";
import { crawledTables } from "./catalogTables.ts";

describe("the crawled tables", () => {
	const tables = crawledTables({ clicks: shop.pipeline.clicks?.schema, made: derivedDatasets });

	it("are the clicks and the joined table, where there are any", () => {
		expect(tables.map(({ name }) => name)).toEqual(["clickstream_data", "joint_tables"]);
		expect(crawledTables({ made: [] })).toEqual([]);
	});

	it("lie where the jobs and Firehose write", () => {
		const at = (name: string) => tables.find((table) => table.name === name);
		expect(at("clickstream_data")).toMatchObject({ zone: "raw", prefix: "clickstream-data", format: "json" });
		expect(at("joint_tables")).toMatchObject({
			zone: "processed",
			prefix: "joint-tables",
			partitionKeys: [{ name: "click_hour" }],
		});
	});

	it("have the columns of a click, in the catalog's types and in lower case", () => {
		const [clicks] = crawledTables({
			clicks: { productId: "int", price: "decimal(12, 2)", details: { Color: "string", sizes: ["int"] } },
			made: [],
		});
		expect(clicks?.columns).toEqual([
			{ name: "productid", type: "int" },
			{ name: "price", type: "decimal(12,2)" },
			{ name: "details", type: "struct<color:string,sizes:array<int>>" },
		]);
	});
});
