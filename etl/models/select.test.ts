import { describe, expect, it } from "vitest";
import type { ModelDefinition } from "../contract/datasets.ts";
import { SelectionError, selectModels } from "./select.ts";

const model = (name: string, reads: readonly string[], tags: readonly string[] = []): ModelDefinition => ({
	name,
	file: `models/${name}.sql`,
	sql: "SELECT 1",
	key: [],
	rules: [],
	references: reads.map((read) => ({ name: read, line: 1, column: 1 })),
	after: [...reads],
	tags,
});
const models = [
	model("staged", ["orders"]),
	model("revenue", ["Staged"], ["finance"]),
	model("costs", ["staged"], ["finance"]),
	model("profit", ["revenue", "costs"]),
	model("alone", []),
];

describe("models are chosen", () => {
	it.each([
		[["revenue"], ["revenue"]],
		[["revenue+"], ["revenue", "profit"]],
		[["+revenue"], ["staged", "revenue"]],
		[["+revenue+"], ["staged", "revenue", "profit"]],
		[["staged+"], ["staged", "revenue", "costs", "profit"]],
		[
			["alone", "revenue"],
			["revenue", "alone"],
		],
		[["alone revenue"], ["revenue", "alone"]],
		[["*e*"], ["staged", "revenue", "alone"]],
		[["tag:finance"], ["revenue", "costs"]],
		[["tag:finance+"], ["revenue", "costs", "profit"]],
		[[], []],
	])("%j", (selections, names) => {
		expect(selectModels(models, selections)).toEqual(names);
	});

	it.each([
		["revenu+", "There is no model revenu.", "Did you mean revenue? Models: staged, "],
		["tag:finanz", "No model has the tag finanz.", "Did you mean tag:finance?"],
		["+", "There is no model .", "Models:"],
	])("not by %s", (selection, what, fix) => {
		const choose = (): string[] => selectModels(models, [selection]);
		expect(choose).toThrow(what);
		try {
			choose();
		} catch (error) {
			expect(error instanceof SelectionError && error.fix).toContain(fix);
		}
	});
});
