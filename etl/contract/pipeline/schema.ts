import { z } from "zod";
import { key, section, text } from "./key.ts";
import { columnActions, madeTableEntry, newcomers, schemas, severities, tableEntry } from "./tableSchema.ts";

export const chartTypes = [
	"line",
	"area",
	"bar",
	"stacked_bar",
	"column",
	"pie",
	"word_cloud",
	"number",
	"table",
] as const;

/** How rows of a chart's query that fall together are made one number. */
export const aggregates = ["sum", "min", "max", "average", "count_distinct"] as const;

/** What a value of a time column stands for. */
export const timeUnits = ["hour", "day", "week", "month", "quarter", "year"] as const;

/** A path below the definition's folder, with `/` between its parts. */
const path = text;
const column = text;
/** On AWS a state of the runs has it, and project and stack stand before it in Glue. */
const jobName = z
	.string()
	.regex(
		/^[a-z][a-z0-9-]{0,59}$/,
		"must begin with a letter a-z, go on with a-z, 0-9 and -, and have 60 characters at most",
	);

/** Columns with what is done with them in whatever table. */
export const defaultColumns = z.record(text, z.enum(columnActions));

export const jobEntry = z.strictObject({
	name: key(jobName, "Name in every report", "totals"),
	script: key(path, "Python file of the job", "jobs/totals.py"),
	description: key(text.exactOptional(), "What the job makes", "Totals of the shop by day"),
	after: key(section(z.array(text)), "Jobs that must have succeeded before; default: apply-changes", ["apply-changes"]),
	reads: key(
		z.array(text).min(1, "must name a place"),
		"Places in the lake that the job reads, as zone/prefix; its rights on AWS come from them",
		["processed/current/shop", "raw/clickstream-data"],
	),
	writes: key(
		z.array(text).min(1, "must name a place"),
		"Places in the processed zone that the job writes: Iceberg tables in folders of their names, or Parquet files of one table",
		["processed/totals"],
	),
	tables: key(
		section(z.record(text, madeTableEntry.nullable())),
		"Tables that the job makes about which there is something to say: keys and rules",
		{ daily_totals: { primary_key: ["day"], rules: [{ not_null: "revenue" }] } },
	),
	arguments: key(
		section(z.record(text, z.string())),
		"Arguments that the script gets besides the common ones, as --name value",
		{ depth: "3" },
	),
	uses_source: key(z.boolean().exactOptional(), "Whether the job can read the source itself over JDBC", true),
});

export const chartEntry = z.strictObject({
	title: key(text, "What stands above the chart", "Revenue by month"),
	query: key(path, "SQL file whose result the chart shows", "queries/revenue.sql"),
	type: key(z.enum(chartTypes), "How the result is drawn", "line"),
	x: key(column.exactOptional(), "Column of the result along which the chart goes", "month"),
	y: key(
		z.union([column, z.array(column).min(1, "must name a column")]).exactOptional(),
		"Column of the result, or several, with what is measured",
		"revenue",
	),
	series: key(column.exactOptional(), "Column of the result that parts what is measured into series", "country"),
	format: key(
		z.union([text, z.record(text, text)]).exactOptional(),
		"number, percent, or a currency such as usd; of several columns a format by name",
		"usd",
	),
	aggregate: key(
		z.union([z.enum(aggregates), z.record(text, z.enum(aggregates))]).exactOptional(),
		"How rows that fall together, as the filters leave them, become one number: sum (the default), min, max, average or count_distinct; of several columns by name",
		"sum",
	),
	time: key(
		z.union([z.enum(timeUnits), z.record(text, z.enum(timeUnits))]).exactOptional(),
		"What a value of x stands for where it is a time, such as month; of other columns, such as those of filters, by name",
		"month",
	),
	labels: key(section(z.record(text, text)), "What stands beside columns in place of their names", { month: "Month" }),
	filters: key(section(z.array(column)), "Columns of the result by which the dashboard can be filtered", ["country"]),
	top: key(z.int().min(1).exactOptional(), "Only the largest are shown: how many", 10),
	dashboard: key(
		text.exactOptional(),
		"In QuickSight also part of an analysis and a dashboard of this name; the dashboard of the pipeline's name has every chart",
		"sales",
	),
	description: key(text.exactOptional(), "What the chart says", "Orders of every status, by the day of the order"),
});

const typePattern =
	/^(string|boolean|int|bigint|float|double|date|timestamp|binary|decimal\(\s*\d{1,2}\s*,\s*\d{1,2}\s*\))$/;

/** A field's type, the fields within it, or a list of one of these for a list. */
export type ClickType = string | { [name: string]: ClickType } | ClickType[];

const clickType: z.ZodType<ClickType> = z.lazy(() =>
	z.union([
		z
			.string()
			.regex(
				typePattern,
				"must be string, boolean, int, bigint, float, double, decimal(p, s), date, timestamp or binary; a mapping for fields within it, or a list of one type",
			),
		z.record(text, clickType),
		z.array(clickType).length(1, "must have the type of its entries, and nothing else"),
	]),
);

export const clicksEntry = z.strictObject({
	schema: key(z.record(text, clickType), "Fields of a click with their types", {
		page: "string",
		price: "decimal(12, 2)",
		details: { color: "string" },
	}),
	template: key(
		path.exactOptional(),
		"File with a record that `clicks send` fills in, by placeholders {{module.function}}",
		"clicks.json",
	),
	check: key(
		path.exactOptional(),
		"SQL file by which verify-clicks checks what jobs make of the clicks: one row with the columns found and expected, for clicks marked {{mark}}",
		"checks/joined_clicks.sql",
	),
});

const rowValues = z.record(text, z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const verifyEntry = z.strictObject({
	table: key(text, "Table, as schema.table, that verify-cdc may write its rows into", "shop.pipeline_heartbeat"),
	rows: key(
		section(z.array(rowValues).min(1, "must have a row")),
		"Rows that it writes, follows and takes back; default: a heartbeat, for which verify-cdc --create makes the table",
		[{ name: "marker" }],
	),
	marker: key(
		z.union([column, z.array(column).min(1, "must name a column")]).exactOptional(),
		"Column of the rows, or several, that get a mark by which the rows are recognised, the first for sure; the key's columns are then left to the server. Without it the rows are written as they stand",
		"name",
	),
	sample: key(
		z
			.strictObject({
				row_count: key(z.int().min(0), "Rows of the table", 15),
				row: key(rowValues, "Values of one of its rows", { id: 15, name: "Outdoors" }),
			})
			.exactOptional(),
		"How the table is known to be as the sample data filled it: the rows are then written as they stand, and stay",
		{ row_count: 15, row: { id: 15, name: "Outdoors" } },
	),
});

export const scheduleEntry = z.union([
	text,
	z.strictObject({
		every: key(text.exactOptional(), "Time from one run to the next", "5 minutes"),
		cron: key(text.exactOptional(), "Minute, hour, day of month, month, day of week", "0 6 * * *"),
		timezone: key(text.exactOptional(), "IANA name of the time zone of cron; default: UTC", "Europe/Berlin"),
	}),
]);

export const sampleDataEntry = z.strictObject({
	script: key(path, "TypeScript or JavaScript module that exports the sample schemas", "seed/schemas.ts"),
	dump: key(path.exactOptional(), "The same as SQL, with which a server on EC2 is filled", "seed/sample.sql"),
	query: key(text.exactOptional(), "Named query whose answer demo shows", "revenue_by_month"),
});

/** `pipeline.yaml` as it is written; parsePipeline in parse.ts reads it, and makes a `Pipeline` of it. */
export const pipelineFile = z
	.strictObject({
		name: key(
			z
				.string()
				.regex(
					/^[a-z][a-z0-9-]{0,39}$/,
					"must begin with a letter a-z, go on with a-z, 0-9 and -, and have 40 characters at most",
				),
			"Name of the pipeline; on AWS part of the names of what is deployed",
			"shop",
		),
		description: key(text.exactOptional(), "What the pipeline is for", "Orders and clicks of the shop"),
		source: key(
			z.strictObject({
				schemas: key(schemas, "Schemas (databases) to replicate: a list of names, or names with what is replicated", {
					shop: { tables: { exclude: ["tmp_*"] } },
				}),
			}),
			"What is replicated. Tables, columns, types and keys come from the server",
			{ schemas: ["shop"] },
		),
		defaults: key(
			section(
				z.strictObject({
					columns: key(
						section(defaultColumns),
						"Columns, in whatever table, with what is done before anything is written",
						{ password_hash: "drop" },
					),
					new_tables: key(z.enum(newcomers).exactOptional(), "Tables that are made later. Default: include", "include"),
					new_columns: key(z.enum(newcomers).exactOptional(), "Columns that are added later. Default: include", "fail"),
					severity: key(z.enum(severities).exactOptional(), "Severity of rules that name none. Default: error", "warn"),
				}),
			),
			"What holds where a schema, a table or a rule says nothing else",
			{ new_columns: "fail" },
		),
		tables: key(
			section(z.record(text, tableEntry.nullable())),
			"Tables, as schema.table, about which there is something to say; others are replicated all the same",
			{ "shop.customers": { columns: { email: "hash" } } },
		),
		models: key(
			path.exactOptional(),
			"Folder of models: each SQL file is a SELECT that becomes a table, from tables of the source, of other models, and of jobs that name them under `tables`",
			"models/",
		),
		queries: key(path.exactOptional(), "Folder of named queries", "queries/"),
		warehouse: key(path.exactOptional(), "Folder of the warehouse's views", "warehouse/"),
		jobs: key(section(z.array(jobEntry)), "Python jobs, for what SQL cannot say", [
			{
				name: "totals",
				script: "jobs/totals.py",
				reads: ["processed/current/shop"],
				writes: ["processed/totals"],
			},
		]),
		clicks: key(section(clicksEntry), "The clickstream; without it there is none", { schema: { page: "string" } }),
		charts: key(section(z.array(chartEntry)), "What the dashboard shows", [
			{
				title: "Revenue by month",
				query: "queries/revenue.sql",
				type: "line",
				x: "month",
				y: "revenue",
				format: "usd",
			},
		]),
		verify: key(section(verifyEntry), "How verify-cdc proves that a change arrives", {
			table: "shop.pipeline_heartbeat",
		}),
		sample_data: key(
			section(sampleDataEntry),
			"Data for trying the pipeline without a source of one's own; `source seed` writes it",
			{ script: "seed/schemas.ts" },
		),
		schedule: key(
			section(scheduleEntry),
			"When the jobs run: every so often, or by cron. Without it `up` runs them every 5 minutes, a stack on AWS every hour",
			"every 5 minutes",
			{ cron: "0 6 * * *", timezone: "Europe/Berlin" },
		),
	})
	.describe("Definition of a pipeline");

export type PipelineFile = z.infer<typeof pipelineFile>;
export type JobEntry = z.infer<typeof jobEntry>;
export type ChartEntry = z.infer<typeof chartEntry>;
export type ClicksEntry = z.infer<typeof clicksEntry>;
export type VerifyEntry = z.infer<typeof verifyEntry>;
export type ScheduleEntry = z.infer<typeof scheduleEntry>;
