import { z } from "zod";
import { key, section, text } from "./key.ts";

/** What is done with a column before anything of it is written. */
export const columnActions = ["drop", "hash", "keep"] as const;
/** What happens to a table or a column that comes later. */
export const newcomers = ["include", "ignore", "fail"] as const;
export const severities = ["error", "warn"] as const;

const column = text;
const oneOrMore = z.union([column, z.array(column).min(1, "must name a column")]);

const pattern = z
	.string()
	.min(1, "must not be empty")
	.refine((value) => !value.includes("%"), "uses % for any characters; patterns use * for them");
const patterns = z.array(pattern).min(1, "must name a table");

export const schemaEntry = z.strictObject({
	tables: key(
		section(
			z.union([
				patterns,
				z.strictObject({
					include: key(patterns.exactOptional(), "Tables that are replicated; * stands for any characters", ["*"]),
					exclude: key(patterns.exactOptional(), "Tables that are left out, also where include has them", ["tmp_*"]),
				}),
			]),
		),
		"Which tables are replicated: a list of patterns, or include and exclude; exclude wins. Default: all",
		{ include: ["*"], exclude: ["tmp_*"] },
	),
	new_tables: key(
		z.enum(newcomers).exactOptional(),
		"A table that is made later and fits the patterns: replicate it, leave it out, or fail. Default: include",
		"include",
	),
	new_columns: key(
		z.enum(newcomers).exactOptional(),
		"A column that is added later: replicate it, leave it out, or fail. Default: include",
		"include",
	),
});

export const schemas = z.union([
	z.array(text),
	// That it names one is a check: a schema may be called `__proto__`, which zod leaves out.
	z.record(text, schemaEntry.nullable()),
]);

/** Names of columns with actions, or `include` or `exclude` with a list of names; a check tells them apart. */
export const columns = z.record(text, z.union([z.enum(columnActions), z.array(column).min(1, "must name a column")]));

/** Compares the number of rows that break a rule. */
export const rowCountPattern = /^(>|>=|=|!=|<|<=)\s*\d+$/;
const rowCount = z
	.string()
	.regex(rowCountPattern, "compares the number of rows that break the rule with a number, such as > 10");
const duration = text;
const number = z.number();

/** Kinds of rules: each entry of `rules` has one of these keys. */
export const ruleKinds = {
	not_null: key(oneOrMore.exactOptional(), "A column, or several, that have a value in every row", "email"),
	unique: key(oneOrMore.exactOptional(), "A column, or several together, that no two rows have alike", ["email"]),
	accepted_values: key(
		z
			.strictObject({
				column: key(column, "The column", "status"),
				values: key(
					z.array(z.union([z.string(), number, z.boolean()])).min(1, "must have a value"),
					"Every value that the column may have",
					["open", "shipped"],
				),
			})
			.exactOptional(),
		"A column that has one of these values, or none",
		{ column: "status", values: ["open", "shipped"] },
	),
	relationships: key(
		z
			.strictObject({
				column: key(column, "The column that refers to the other table", "customer_id"),
				to: key(text, "The other table, as schema.table, or a table of the same schema", "shop.customers"),
				field: key(column, "Column of the other table", "id"),
			})
			.exactOptional(),
		"A column whose values are all in a column of another table",
		{ column: "customer_id", to: "shop.customers", field: "id" },
	),
	range: key(
		z
			.strictObject({
				column: key(column, "The column", "quantity"),
				min: key(number.exactOptional(), "The least that it may be", 1),
				max: key(number.exactOptional(), "The most that it may be", 100),
			})
			.exactOptional(),
		"A column whose values lie between two numbers",
		{ column: "quantity", min: 1 },
	),
	row_count: key(
		z
			.strictObject({
				min: key(number.exactOptional(), "The fewest rows that the table may have", 1),
				max: key(number.exactOptional(), "The most rows that the table may have", 1_000_000),
			})
			.exactOptional(),
		"How many rows the table has",
		{ min: 1 },
	),
	freshness: key(
		z
			.strictObject({
				warn_after: key(duration.exactOptional(), "Time without a change after which it is a warning", "2 hours"),
				error_after: key(duration.exactOptional(), "Time without a change after which it is an error", "1 day"),
			})
			.exactOptional(),
		"How long the table may go without a new file in the raw zone; it is reported, and blocks nothing",
		{ warn_after: "2 hours", error_after: "1 day" },
	),
};

export const rule = z.strictObject({
	...ruleKinds,
	severity: key(
		z.enum(severities).exactOptional(),
		"error blocks the table while rows break the rule; warn only reports them. Default: error",
		"warn",
	),
	warn_if: key(rowCount.exactOptional(), "Only a warning where so many rows break the rule", "> 0"),
	error_if: key(rowCount.exactOptional(), "An error where so many rows break the rule", "> 100"),
	description: key(text.exactOptional(), "What the rule is for", "A customer can be written to"),
});

export const tableEntry = z.strictObject({
	description: key(text.exactOptional(), "What the table holds", "Who bought something"),
	alias: key(
		z
			.string()
			.regex(/^[a-z][a-z0-9_]*$/, "must begin with a letter a-z and go on with a-z, 0-9 and _")
			.exactOptional(),
		"Name in the catalog, in place of the table's own",
		"archived_orders",
	),
	primary_key: key(
		z.array(column).min(1, "must name a column").exactOptional(),
		"Key columns in order, for a table whose server declares no key",
		["id"],
	),
	columns: key(
		section(columns),
		"Columns with what is done before anything is written: drop, hash or keep. Or include or exclude with a list of names",
		{ ssn: "drop", email: "hash", zip: "keep" },
	),
	new_columns: key(
		z.enum(newcomers).exactOptional(),
		"A column that is added later: replicate it, leave it out, or fail. Default: that of the schema",
		"ignore",
	),
	rules: key(section(z.array(rule)), "What must be true of the rows before the table is published", [
		{ not_null: "email" },
		{ unique: ["email"], severity: "warn" },
	]),
});

/** A table that a job makes. */
export const madeTableEntry = z.strictObject({
	description: tableEntry.shape.description,
	primary_key: key(
		z.array(column).min(1, "must name a column").exactOptional(),
		"Key columns in order: no row may be without a value in them",
		["order_key"],
	),
	rules: tableEntry.shape.rules,
});

export type RuleEntry = z.infer<typeof rule>;
export type MadeTableEntry = z.infer<typeof madeTableEntry>;
export type TableEntry = z.infer<typeof tableEntry>;
export type SchemaEntry = z.infer<typeof schemaEntry>;
export type ColumnsEntry = z.infer<typeof columns>;
