import { z } from "zod";

const column = z.string().min(1);

/** Rules in the order of `qualityRules` in contract.json. */
export const qualityRule = z.discriminatedUnion("rule", [
	z.object({ rule: z.literal("not_null"), column }),
	z
		.object({ rule: z.literal("unique"), columns: z.array(column).min(1) })
		.describe("No two rows have the same values; rows with a null are unequal to all others"),
	z
		.object({
			rule: z.literal("references"),
			column,
			table: z.string().min(1).describe("A table of the same schema"),
			parent: column.describe("Column of that table which has the value"),
		})
		.describe("A null refers to nothing"),
	z.object({
		rule: z.literal("range"),
		column,
		min: z.number().exactOptional(),
		max: z.number().exactOptional(),
	}),
	z.object({
		rule: z.literal("row_count"),
		min: z.number().exactOptional(),
		max: z.number().exactOptional(),
	}),
	z
		.object({ rule: z.literal("freshness"), hours: z.number().positive() })
		.describe("The table's newest raw file came at most so many hours ago"),
]);

/** A data quality rule, run by the jobs and emitted as AWS Glue Data Quality. */
export type QualityRule = z.infer<typeof qualityRule>;

const tableDefinition = z.object({
	name: z.string().min(1),
	key: z
		.array(column)
		.readonly()
		.describe("Primary key columns in order; empty for a table without a key, whose rows are then compared whole"),
	alias: z
		.string()
		.min(1)
		.exactOptional()
		.describe("Name in the catalog, where two schemas have a table of the same name; default: the table's name"),
	quality: z.array(qualityRule).readonly().exactOptional(),
});

export type TableDefinition = z.infer<typeof tableDefinition>;

const dataset = z.object({
	schema: z.string().min(1).describe("Schema (database) at the source"),
	tables: z.array(tableDefinition).readonly(),
});

export type Dataset = z.infer<typeof dataset>;

/** The tables as the jobs get them, at `--datasets_uri`. */
export const datasetsDocument = z.array(dataset).describe("Declared tables, as the jobs read them");
