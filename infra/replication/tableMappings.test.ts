import { describe, expect, it } from "vitest";
import { shop } from "../../tests/support/sampleShop.ts";
import { tableMappingDocument, taskSettingsDocument } from "../testing/dmsDocuments.ts";
import { dmsRefusals } from "./dmsRefusals.ts";
import { type Mapped, tableMappings } from "./tableMappings.ts";
import { taskSettings } from "./taskSettings.ts";

const schema = (name: string, rest: object = {}): Mapped["schemas"][number] => ({
	...{ name, include: ["*"], exclude: [], newTables: "include", newColumns: "include" },
	...rest,
});
const table = (name: string, rest: object = {}): Mapped["tables"][number] => ({
	...{ schema: "shop", table: name, columns: {}, rules: [] },
	...rest,
});
/** Each rule on a line. */
const lines = (mapped: Mapped): string[] =>
	tableMappings(mapped).rules.map(({ "rule-action": action, "object-locator": at }) =>
		[action, at["schema-name"], at["table-name"], at["column-name"]].filter((part) => part !== undefined).join(" "),
	);

it("selects by pattern, and adds the change sequence and the key as it was before to every table of a schema", () => {
	const { rules } = tableMappings({
		schemas: [schema("shop", { include: ["*"], exclude: ["tmp_*"] })],
		tables: [],
		columns: {},
	});
	expect(rules).toEqual([
		{
			"rule-type": "selection",
			"rule-id": "1",
			"rule-name": "1",
			"rule-action": "include",
			"object-locator": { "schema-name": "shop", "table-name": "%" },
		},
		{
			"rule-type": "selection",
			"rule-id": "2",
			"rule-name": "2",
			"rule-action": "exclude",
			"object-locator": { "schema-name": "shop", "table-name": "tmp[_]%" },
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
			"object-locator": { "schema-name": "shop", "table-name": "%" },
			"before-image-def": { "column-prefix": "BI_", "column-suffix": "", "column-filter": "pk-only" },
		},
	]);
});

it("takes names as they are written, whatever DMS means by their characters", () => {
	const mapped = { schemas: [schema("my_shop", { include: ["a_b*c", "100%", "[x]"] })], tables: [], columns: {} };
	expect(lines(mapped).slice(0, 3)).toEqual([
		"include my[_]shop a[_]b%c",
		"include my[_]shop 100[%]",
		"include my[_]shop [[]x]",
	]);
});

it("leaves out and hashes columns, and keeps to a list of them", () => {
	const mapped: Mapped = {
		schemas: [schema("shop")],
		columns: { password_hash: "drop" },
		tables: [
			table("customers", {
				primaryKey: ["id"],
				columns: { ssn: "drop", email: "hash", zip: "keep", password_hash: "drop" },
			}),
			table("orders", { onlyColumns: ["id", "total_sum"] }),
		],
	};
	expect(lines(mapped).slice(3)).toEqual([
		"remove-column shop % password[_]hash",
		"remove-column shop customers ssn",
		"data-masking-hash-mask shop customers email",
		"include-column shop orders id",
		"include-column shop orders total[_]sum",
	]);
	expect(dmsRefusals(mapped, "3.6.1")).toEqual([]);
	expect(tableMappingDocument.safeParse(tableMappings(mapped)).error).toBeUndefined();
});

it("does not grow with the tables of the shop", () => {
	const { rules } = tableMappings(shop.pipeline);
	const { schemas } = shop.pipeline;
	const patterns = schemas.reduce((sum, { include, exclude }) => sum + include.length + exclude.length, 0);
	expect(rules).toHaveLength(patterns + 2 * schemas.length);
});

describe("what DMS cannot do", () => {
	it.each<[string, Partial<Mapped>, string]>([
		[
			"new tables apart from patterns",
			{ schemas: [schema("shop", { newTables: "ignore" })] },
			"source.schemas.shop.new_tables: ignore: DMS replicates every table that matches",
		],
		[
			"a stop at new columns",
			{ schemas: [schema("shop", { newColumns: "fail" })] },
			"source.schemas.shop.new_columns: fail: DMS replicates every added column",
		],
		[
			"the same of a table",
			{ tables: [table("a", { newColumns: "ignore" })] },
			"tables.shop.a.new_columns: ignore: DMS replicates every added column",
		],
		[
			"to keep what is dropped elsewhere",
			{ columns: { ssn: "drop" }, tables: [table("a", { columns: { ssn: "keep" } })] },
			"tables.shop.a.columns.ssn: keep: defaults.columns says drop",
		],
		[
			"a list with what is hashed elsewhere",
			{ columns: { ssn: "hash" }, tables: [table("a", { onlyColumns: ["ssn"] })] },
			"tables.shop.a.columns.include: ssn: defaults.columns says hash",
		],
		[
			"to hash a key",
			{ tables: [table("a", { primaryKey: ["mail"], columns: { mail: "hash" } })] },
			"tables.shop.a.columns.mail: hash: the column is part of the key",
		],
		[
			"to hash a key by a default",
			{ columns: { mail: "hash" }, tables: [table("a", { primaryKey: ["mail"] })] },
			"tables.shop.a.columns.mail: hash: the column is part of the key",
		],
		[
			"to hash beside an unknown key",
			{ tables: [table("a", { columns: { mail: "hash" } })] },
			"Add primary_key to show",
		],
		[
			"a rule of a column with a dash",
			{ tables: [table("a", { columns: { "e-mail": "drop" } })] },
			"tables.shop.a.columns.e-mail: DMS does not support rules",
		],
	])("is refused: %s", (_, change, text) => {
		const found = dmsRefusals({ schemas: [schema("shop")], tables: [], columns: {}, ...change }, "3.6.1");
		expect(found).toHaveLength(1);
		expect(found[0]).toContain(text);
	});

	it("is refused: a hash by an engine that has none", () => {
		const mapped: Mapped = {
			schemas: [schema("shop")],
			tables: [table("a", { primaryKey: ["id"], columns: { b: "hash" } })],
			columns: {},
		};
		expect(dmsRefusals(mapped, "3.5.3")).toEqual([expect.stringContaining("DMS 3.5.3 cannot hash.")]);
		expect(dmsRefusals(mapped, "3.5.4")).toEqual([]);
	});

	it("is fine where tables are listed", () => {
		const named = { schemas: [schema("shop", { include: ["a"], newTables: "ignore" })], tables: [], columns: {} };
		expect(dmsRefusals(named, "3.6.1")).toEqual([]);
	});
});

it("numbers its rules, each number once", () => {
	const ids = tableMappings(shop.pipeline).rules.map((rule) => rule["rule-id"]);
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
	const { rules } = tableMappings(shop.pipeline);
	const changed = (number: number, change: object): unknown => ({
		rules: rules.map((rule, index) => (index === number ? { ...rule, ...change } : rule)),
	});
	const sequence = rules.findIndex((rule) => rule["rule-action"] === "add-column");

	it("mappings and settings are documents of DMS", () => {
		expect(faults(tableMappingDocument, tableMappings(shop.pipeline))).toEqual([]);
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
