import { describe, expect, it } from "vitest";
import { datasets } from "../../tests/support/sampleShop.ts";
import { runProgram } from "../testing/program.ts";
import { DataQuality } from "./dataQuality.ts";
import { dataQualityRuleset } from "./dataQualityRulesets.ts";

const type = "aws:glue/dataQualityRuleset:DataQualityRuleset";
const orders = {
	name: "orders",
	key: ["id"],
	rules: [{ kind: "freshness" as const, errorAfter: 86_400, severity: "error" as const }],
};
const dataset = {
	schema: "shop",
	tables: [orders, { name: "notes", key: ["id"] }, { ...orders, name: "old", rules: [] }],
};

describe("DataQuality", () => {
	it("makes a ruleset of a table that has rules, named after it, and none of another", async () => {
		const program = await runProgram(() => void new DataQuality("quality", { datasets: [dataset], rawBucket: "raw" }));
		expect(program.ofType(type).map(({ name, inputs }) => [name, inputs])).toEqual([
			[
				"quality-orders",
				// No target table: at the first update there is none.
				{
					name: "quality-orders",
					description: "Rules of shop.orders",
					ruleset: dataQualityRuleset(orders, dataset, [dataset], "raw"),
				},
			],
		]);
		expect(program.named("quality-orders").inputs.ruleset).toContain('"s3://raw/shop/orders/"');
	});

	it("has names that Glue takes for every table that is replicated", async () => {
		const program = await runProgram(() => void new DataQuality("q", { datasets, rawBucket: "raw" }));
		const names = program.ofType(type).map(({ inputs }) => String(inputs.name));
		expect(names.length).toBeGreaterThan(5);
		expect(names.filter((name) => name.length > 255)).toEqual([]);
		expect(new Set(names).size).toBe(names.length);
	});
});
