import { describe, expect, it } from "vitest";
import { datasets, derivedDatasets } from "../../tests/support/sampleShop.ts";
import { commandLineOf, dashed, type JobArguments, jobArguments } from "./arguments.ts";
import contract from "./contract.json" with { type: "json" };
import { jobExitCodes } from "./contract.ts";
import { datasetsDocument, tableRule } from "./datasets.ts";
import { ruleNames } from "./pipeline/checks/ruleChecks.ts";
import { full } from "./pipeline/fixtures/said.ts";
import { parsePipeline } from "./pipeline/parse.ts";
import { jobReport } from "./report.ts";

describe("datasets", () => {
	it("are what the jobs read, and lose nothing on the way", () => {
		const written: unknown = JSON.parse(JSON.stringify({ datasets: [...datasets, ...derivedDatasets], models: [] }));
		expect(datasetsDocument.parse(written)).toEqual(written);
	});

	it("have the kinds of rules of the contract and of definitions, in its order", () => {
		expect(tableRule.options.map(({ shape }) => shape.kind.value)).toEqual(contract.ruleKinds);
		expect(ruleNames).toEqual(contract.ruleKinds);
	});

	it("take the rules of a definition as they are", () => {
		const { tables } = parsePipeline(full, "pipeline.yaml");
		for (const { rules } of tables) expect(tableRule.array().parse(rules)).toEqual(rules);
		expect(tables.flatMap(({ rules }) => rules).length).toBeGreaterThan(5);
	});

	it.each([
		{ kind: "not_null" },
		{ kind: "not_null", columns: ["a"], severity: "fatal" },
		{ kind: "not_null", columns: ["a"], errorIf: "many" },
		{ kind: "unique", columns: [] },
		{ kind: "accepted_values", column: "a", values: [] },
		{ kind: "relationships", column: "a", to: "b", field: "c" },
		{ kind: "freshness", errorAfter: 0 },
		{ kind: "range", column: "a", min: "1" },
		{ kind: "positive", column: "a" },
	])("do not have the rule %j", (rule) => {
		expect(tableRule.safeParse({ severity: "error", ...rule }).success).toBe(false);
	});
});

it("a report has the states of the contract", () => {
	expect(jobReport.shape.state.options).toEqual(Object.keys(jobExitCodes));
});

describe("arguments", () => {
	const values: JobArguments = {
		raw_uri: "s3://raw/",
		processed_uri: "file:///lake/processed/",
		database: "db",
		datasets_uri: "s3://scripts/datasets.json",
		run_id: "by-hand",
		depth: "3",
	};

	it("are given by name, those of the job's own too", () => {
		expect(jobArguments.parse(values)).toEqual(values);
		expect(dashed(values)).toMatchObject({ "--raw_uri": "s3://raw/", "--depth": "3" });
		expect(commandLineOf(values).slice(0, 2)).toEqual(["--raw_uri", "s3://raw/"]);
		expect(commandLineOf(values)).toHaveLength(12);
	});

	it.each([
		["a root without a slash at its end", { raw_uri: "s3://raw" }],
		["a path in place of an address", { processed_uri: "/lake/" }],
		["an empty database", { database: "" }],
		["a source that no job knows", { source: "csv" }],
		["an address that is not JDBC's", { jdbc_url: "mysql://h/s" }],
	])("are refused: %s", (_, wrong) => {
		expect(jobArguments.safeParse({ ...values, ...wrong }).success).toBe(false);
	});
});
