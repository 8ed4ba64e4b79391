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
					include: key(patterns.exactOptional(), "Tables to replicate; * matches any characters", ["*"]),
					exclude: key(patterns.exactOptional(), "Tables to leave out, even if include matches them", ["tmp_*"]),
				}),
			]),
		),
		"Tables to replicate: a list of patterns, or include and exclude, where exclude takes precedence. Default: all",
		{ include: ["*"], exclude: ["tmp_*"] },
	),
	new_tables: key(
		z.enum(newcomers).exactOptional(),
		"What to do with a table created later that matches the patterns: include it, ignore it, or fail. Default: include",
		"include",
	),
	new_columns: key(
		z.enum(newcomers).exactOptional(),
		"What to do with a column added later: include it, ignore it, or fail. Default: include",
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
	not_null: key(oneOrMore.exactOptional(), "Column or columns that are never null", "email"),
	unique: key(oneOrMore.exactOptional(), "Column or columns whose combined values are unique", ["email"]),
	accepted_values: key(
		z
			.strictObject({
				column: key(column, "The column", "status"),
				values: key(
					z.array(z.union([z.string(), number, z.boolean()])).min(1, "must have a value"),
					"All accepted values",
					["open", "shipped"],
				),
			})
			.exactOptional(),
		"Column that only contains these values or null",
		{ column: "status", values: ["open", "shipped"] },
	),
	relationships: key(
		z
			.strictObject({
				column: key(column, "The column that refers to the other table", "customer_id"),
				to: key(
					text,
					"The other table, as schema.table, or just the table if it is in the same schema",
					"shop.customers",
				),
				field: key(column, "Column of the other table", "id"),
			})
			.exactOptional(),
		"Column whose values all exist in a column of another table",
		{ column: "customer_id", to: "shop.customers", field: "id" },
	),
	range: key(
		z
			.strictObject({
				column: key(column, "The column", "quantity"),
				min: key(number.exactOptional(), "Smallest accepted value", 1),
				max: key(number.exactOptional(), "Largest accepted value", 100),
			})
			.exactOptional(),
		"Column whose values are within a range",
		{ column: "quantity", min: 1 },
	),
	row_count: key(
		z
			.strictObject({
				min: key(number.exactOptional(), "Minimum number of rows", 1),
				max: key(number.exactOptional(), "Maximum number of rows", 1_000_000),
			})
			.exactOptional(),
		"Number of rows in the table",
		{ min: 1 },
	),
	freshness: key(
		z
			.strictObject({
				warn_after: key(duration.exactOptional(), "Report a warning after this time without a change", "2 hours"),
				error_after: key(duration.exactOptional(), "Report an error after this time without a change", "1 day"),
			})
			.exactOptional(),
		"How long the table may go without a new file in the raw zone; reported only, never blocks a table",
		{ warn_after: "2 hours", error_after: "1 day" },
	),
};

export const rule = z.strictObject({
	...ruleKinds,
	severity: key(
		z.enum(severities).exactOptional(),
		"error: the table is blocked while rows break the rule; warn: they are only reported. Default: error",
		"warn",
	),
	warn_if: key(rowCount.exactOptional(), "Warn if this many rows break the rule", "> 0"),
	error_if: key(rowCount.exactOptional(), "Error if this many rows break the rule", "> 100"),
	description: key(text.exactOptional(), "Purpose of the rule", "A customer can be written to"),
});

export const tableEntry = z.strictObject({
	description: key(text.exactOptional(), "What the table contains", "Who bought something"),
	alias: key(
		z
			.string()
			.regex(/^[a-z][a-z0-9_]*$/, "must begin with a letter a-z and contain only a-z, 0-9 and _")
			.exactOptional(),
		"Name in the catalog, instead of the table's own",
		"archived_orders",
	),
	primary_key: key(
		z.array(column).min(1, "must name a column").exactOptional(),
		"Key columns in order, for a table without a primary key at the source",
		["id"],
	),
	columns: key(
		section(columns),
		"Actions for columns, applied before anything is written: drop, hash or keep. Alternatively include or exclude with a list of columns",
		{ ssn: "drop", email: "hash", zip: "keep" },
	),
	new_columns: key(
		z.enum(newcomers).exactOptional(),
		"What to do with a column added later: include it, ignore it, or fail. Default: as for the schema",
		"ignore",
	),
	rules: key(section(z.array(rule)), "Rules that the rows must meet before the table is published", [
		{ not_null: "email" },
		{ unique: ["email"], severity: "warn" },
	]),
});

/** A table that a job makes. */
export const madeTableEntry = z.strictObject({
	description: tableEntry.shape.description,
	primary_key: key(
		z.array(column).min(1, "must name a column").exactOptional(),
		"Key columns in order; they must not be null",
		["order_key"],
	),
	rules: tableEntry.shape.rules,
});

export type RuleEntry = z.infer<typeof rule>;
export type TableEntry = z.infer<typeof tableEntry>;
export type SchemaEntry = z.infer<typeof schemaEntry>;
export type ColumnsEntry = z.infer<typeof columns>;
