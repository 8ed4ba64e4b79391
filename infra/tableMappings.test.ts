import { expect, it } from "vitest";
import { datasets } from "../etl/datasets.ts";
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
