import { describe, expect, it } from "vitest";
import { datasets } from "../../tests/support/sampleShop.ts";
import { tableMappingDocument, taskSettingsDocument } from "../testing/dmsDocuments.ts";
import { tableMappings } from "./tableMappings.ts";
import { taskSettings } from "./taskSettings.ts";

it("names each table, adds the change sequence once a schema, and before images of keys, or of all columns without a key", () => {
	const { rules } = tableMappings([
		{
			schema: "shop",
			tables: [
				{ name: "orders", key: ["id"] },
				{ name: "log", key: [] },
			],
		},
	]);
	expect(rules).toEqual([
		{
			"rule-type": "selection",
			"rule-id": "1",
			"rule-name": "1",
			"rule-action": "include",
			"object-locator": { "schema-name": "shop", "table-name": "orders" },
		},
		{
			"rule-type": "selection",
			"rule-id": "2",
			"rule-name": "2",
			"rule-action": "include",
			"object-locator": { "schema-name": "shop", "table-name": "log" },
		},
		{
			"rule-type": "transformation",
			"rule-id": "3",
			"rule-name": "3",
			"rule-target": "column",
			"rule-action": "add-column",
			"object-locator": { "schema-name": "shop", "table-name": "%" },
			value: "cdc_change_seq",
			expression: "$AR_H_CHANGE_SEQ",
			"data-type": { type: "string", length: 50 },
		},
		{
			"rule-type": "transformation",
			"rule-id": "4",
			"rule-name": "4",
			"rule-target": "column",
			"rule-action": "add-before-image-columns",
			"object-locator": { "schema-name": "shop", "table-name": "orders" },
			"before-image-def": { "column-prefix": "BI_", "column-suffix": "", "column-filter": "pk-only" },
		},
		{
			"rule-type": "transformation",
			"rule-id": "5",
			"rule-name": "5",
			"rule-target": "column",
			"rule-action": "add-before-image-columns",
			"object-locator": { "schema-name": "shop", "table-name": "log" },
			"before-image-def": { "column-prefix": "BI_", "column-suffix": "", "column-filter": "all" },
		},
	]);
});

it("has a selection for every table of both schemas, and no wildcard among them", () => {
	const selected = tableMappings(datasets)
		.rules.filter((rule) => rule["rule-type"] === "selection")
		.map((rule) => `${rule["object-locator"]["schema-name"]}.${rule["object-locator"]["table-name"]}`);
	expect(selected).toEqual(datasets.flatMap(({ schema, tables }) => tables.map(({ name }) => `${schema}.${name}`)));
	expect(selected.join()).not.toContain("%");
});

it("numbers its rules, each number once", () => {
	const ids = tableMappings(datasets).rules.map((rule) => rule["rule-id"]);
	expect(ids).toEqual(ids.map((_, index) => String(index + 1)));
});

it("the task's settings have what the jobs rely on, and nothing that differs on every deployment", () => {
	expect(taskSettings.ChangeProcessingDdlHandlingPolicy).toEqual({
		HandleSourceTableDropped: true,
		HandleSourceTableTruncated: true,
		HandleSourceTableAltered: true,
	});
	expect(taskSettings.ErrorBehavior.FailOnNoTablesCaptured).toBe(true);
	expect(taskSettings.TargetMetadata.BatchApplyEnabled).toBe(false);
	expect(taskSettings.Logging).toEqual({ EnableLogging: true });
	expect(JSON.stringify(taskSettings)).not.toMatch(/CloudWatchLog|null|\[/);
});

describe("by the AWS documentation's grammar", () => {
	/** The paths and reasons of what is wrong with a document. */
	const faults = (document: typeof tableMappingDocument | typeof taskSettingsDocument, value: unknown): string[] =>
		document.safeParse(value).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
	const { rules } = tableMappings(datasets);
	const changed = (number: number, change: object): unknown => ({
		rules: rules.map((rule, index) => (index === number ? { ...rule, ...change } : rule)),
	});
	const sequence = rules.findIndex((rule) => rule["rule-action"] === "add-column");

	it("mappings and settings are documents of DMS", () => {
		expect(faults(tableMappingDocument, tableMappings(datasets))).toEqual([]);
		expect(faults(taskSettingsDocument, taskSettings)).toEqual([]);
	});

	it.each([
		["an action that is none", changed(0, { "rule-action": "includes" })],
		["a key that is none", changed(0, { "rule-colour": "red" })],
		["two rules of one number", changed(1, { "rule-id": "1" })],
		["a number that is none", changed(0, { "rule-id": 1 })],
		["a type that is none", changed(sequence, { "data-type": { type: "varchar", length: 50 } })],
		["an added column without a name", changed(sequence, { value: undefined })],
		["nothing selected", { rules: rules.slice(sequence) }],
	])("mappings with %s are not", (_, mappings) => {
		expect(faults(tableMappingDocument, mappings)).not.toEqual([]);
	});

	it.each([
		["a key that is none", { ...taskSettings, Colour: {} }, ': Unrecognized key: "Colour"'],
		[
			"a mode that is none",
			{ ...taskSettings, FullLoadSettings: { ...taskSettings.FullLoadSettings, TargetTablePrepMode: "DROP" } },
			"FullLoadSettings.TargetTablePrepMode: ",
		],
		[
			"two modes of LOBs",
			{ ...taskSettings, TargetMetadata: { ...taskSettings.TargetMetadata, FullLobMode: true } },
			"TargetMetadata: two modes of LOBs",
		],
		[
			"a log group",
			{ ...taskSettings, Logging: { EnableLogging: true, CloudWatchLogGroup: null } },
			'Logging: Unrecognized key: "CloudWatchLogGroup"',
		],
		[
			"too many tables at the same time",
			{ ...taskSettings, FullLoadSettings: { ...taskSettings.FullLoadSettings, MaxFullLoadSubTasks: 50 } },
			"FullLoadSettings.MaxFullLoadSubTasks: ",
		],
	])("settings with %s are not", (_, settings, fault) => {
		expect(faults(taskSettingsDocument, settings)).toEqual([expect.stringContaining(fault)]);
	});
});
