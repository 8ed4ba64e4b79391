import { z } from "zod";
import { rowCountPattern, severities } from "./pipeline/tableSchema.ts";

const column = z.string().min(1);
const columns = z.array(column).min(1).readonly();
const comparison = z.string().regex(rowCountPattern);

const options = {
	severity: z
		.enum(severities)
		.describe("`error` blocks the table, `warn` only reports; `warnIf` and `errorIf` refine this"),
	warnIf: comparison
		.exactOptional()
		.describe("A warning if the number of rows that break the rule compares like this, such as `> 10`. Default: != 0"),
	errorIf: comparison
		.exactOptional()
		.describe(
			"With severity error: an error if the number compares like this; otherwise `warnIf` applies. Default: != 0",
		),
	description: z.string().min(1).exactOptional().describe("Purpose of the rule"),
};

const tableName = z.object({
	schema: z
		.string()
		.min(1)
		.describe("Schema at the source, or the folder of the processed zone that contains the table"),
	table: z.string().min(1),
});

/** Rules in the order of `ruleKinds` in contract.json. */
export const tableRule = z.discriminatedUnion("kind", [
	z.object({ ...options, kind: z.literal("not_null"), columns }).describe("Every row has a value in each column"),
	z
		.object({ ...options, kind: z.literal("unique"), columns })
		.describe("No two rows have the same values; rows with a null are unequal to all others"),
	z
		.object({
			...options,
			kind: z.literal("accepted_values"),
			column,
			values: z
				.array(z.union([z.string(), z.number(), z.boolean()]))
				.min(1)
				.readonly(),
		})
		.describe("The column has one of these values, or is null"),
	z
		.object({
			...options,
			kind: z.literal("relationships"),
			column,
			to: tableName.describe("A replicated table, a model, or another table of the same job"),
			field: column.describe("Column of that table that contains the value"),
		})
		.describe("Every value exists in the other table, or is null"),
	z.object({
		...options,
		kind: z.literal("range"),
		column,
		min: z.number().exactOptional(),
		max: z.number().exactOptional(),
	}),
	z.object({
		...options,
		kind: z.literal("row_count"),
		min: z.number().exactOptional(),
		max: z.number().exactOptional(),
	}),
	z
		.object({
			...options,
			kind: z.literal("freshness"),
			warnAfter: z.number().positive().exactOptional().describe("Seconds"),
			errorAfter: z.number().positive().exactOptional().describe("Seconds"),
		})
		.describe("How old the table's newest raw file may be; never blocks the table"),
]);

/** What must be true of a table's rows: checked by the jobs, and emitted as AWS Glue Data Quality. */
export type TableRule = z.infer<typeof tableRule>;

const tableDefinition = z.object({
	name: z.string().min(1),
	key: z
		.array(column)
		.readonly()
		.exactOptional()
		.describe(
			"Primary key columns in order, if the definition lists them; otherwise those of the server, known from its before images. Empty for a table without a key, whose whole rows are then compared",
		),
	alias: z
		.string()
		.min(1)
		.exactOptional()
		.describe("Name in the catalog, if two schemas have a table of the same name; default: the table's name"),
	rules: z.array(tableRule).readonly().exactOptional(),
});

export type TableDefinition = z.infer<typeof tableDefinition>;

const dataset = z.object({
	schema: z.string().min(1).describe("Schema (database) at the source"),
	tables: z.array(tableDefinition).readonly(),
});

export type Dataset = z.infer<typeof dataset>;

const place = z.number().int().positive();

const model = z.object({
	name: z
		.string()
		.regex(/^[a-z][a-z0-9_]*$/)
		.describe("Name in the catalog"),
	file: z.string().min(1).describe("Its file, as shown in messages"),
	sql: z.string().min(1).describe("One SELECT in Spark's SQL"),
	key: z.array(column).readonly(),
	rules: z.array(tableRule).readonly(),
	references: z
		.array(z.object({ name: z.string().min(1), line: place, column: place }))
		.readonly()
		.describe(
			"Tables that the SQL reads, by their names in the catalog as it spells them (each spelling once), and the first place in the file",
		),
	after: z
		.array(z.string())
		.readonly()
		.describe("Models that are built before this one: those that the SQL reads, or that the rules refer to"),
	description: z.string().exactOptional(),
	tags: z.array(z.string()).readonly().exactOptional(),
});

/** A SELECT that becomes a table. */
export type ModelDefinition = z.infer<typeof model>;

/** What the jobs get of the definition, at `--datasets_uri`. */
export const datasetsDocument = z
	.object({
		datasets: z.array(dataset).readonly().describe("Tables with settings"),
		made: z
			.array(z.string().min(1))
			.readonly()
			.exactOptional()
			.describe("Those of the schemas that are folders of the processed zone, written by jobs of the definition"),
		models: z.array(model).readonly().describe("Models, in an order in which they can be built"),
		clicks: z.string().startsWith("struct<").exactOptional().describe("Type of a click in Spark's notation"),
	})
	.describe("Declared tables and models, as the jobs read them");

export type DatasetsDocument = z.infer<typeof datasetsDocument>;
