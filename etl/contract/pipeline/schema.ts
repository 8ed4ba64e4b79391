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
		"must begin with a letter a-z, contain only a-z, 0-9 and -, and have at most 60 characters",
	);

/** Columns with what is done with them in whatever table. */
export const defaultColumns = z.record(text, z.enum(columnActions));

export const jobEntry = z.strictObject({
	name: key(jobName, "Name shown in every report", "totals"),
	script: key(path, "Python file of the job", "jobs/totals.py"),
	description: key(text.exactOptional(), "What the job produces", "Totals of the shop by day"),
	after: key(section(z.array(text)), "Jobs that must have succeeded before; default: apply-changes", ["apply-changes"]),
	reads: key(
		z.array(text).min(1, "must name a place"),
		"Folders of the lake that the job reads, as zone/prefix; its IAM permissions on AWS are derived from them",
		["processed/current/shop", "raw/clickstream-data"],
	),
	writes: key(
		z.array(text).min(1, "must name a place"),
		"Folders of the processed zone that the job writes: each contains Iceberg tables in folders of their own, or the Parquet files of one table",
		["processed/totals"],
	),
	tables: key(section(z.record(text, madeTableEntry.nullable())), "Keys and rules of tables that the job produces", {
		daily_totals: { primary_key: ["day"], rules: [{ not_null: "revenue" }] },
	}),
	arguments: key(section(z.record(text, z.string())), "Extra arguments of the script, passed as --name value", {
		depth: "3",
	}),
	uses_source: key(z.boolean().exactOptional(), "Whether the job may read the source directly over JDBC", true),
});

export const chartEntry = z.strictObject({
	title: key(text, "Text above the chart", "Revenue by month"),
	query: key(path, "SQL file whose result the chart shows", "queries/revenue.sql"),
	type: key(z.enum(chartTypes), "Type of the chart", "line"),
	x: key(column.exactOptional(), "Column of the horizontal axis, or of the categories", "month"),
	y: key(
		z.union([column, z.array(column).min(1, "must name a column")]).exactOptional(),
		"Measured column or columns",
		"revenue",
	),
	series: key(column.exactOptional(), "Column whose values become separate series", "country"),
	format: key(
		z.union([text, z.record(text, text)]).exactOptional(),
		"number, percent, or a currency such as usd; for several columns, a mapping by name",
		"usd",
	),
	aggregate: key(
		z.union([z.enum(aggregates), z.record(text, z.enum(aggregates))]).exactOptional(),
		"How rows are combined into one number: sum (default), min, max, average or count_distinct; for several columns, a mapping by name",
		"sum",
	),
	time: key(
		z.union([z.enum(timeUnits), z.record(text, z.enum(timeUnits))]).exactOptional(),
		"Unit of x if it is a time, such as month; for other columns, such as filters, a mapping by name",
		"month",
	),
	labels: key(section(z.record(text, text)), "Labels to show instead of column names", { month: "Month" }),
	filters: key(section(z.array(column)), "Columns that the reader can filter by", ["country"]),
	top: key(z.int().min(1).exactOptional(), "Show only this many of the largest values", 10),
	dashboard: key(
		text.exactOptional(),
		"In QuickSight, also adds the chart to an analysis and a dashboard of this name; the dashboard with the pipeline's name has all charts",
		"sales",
	),
	description: key(text.exactOptional(), "What the chart shows", "Orders of every status, by the day of the order"),
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
		"File with the record that `clicks send` generates, with placeholders {{module.function}}",
		"clicks.json",
	),
	check: key(
		path.exactOptional(),
		"SQL file that verifies what the jobs made of the clicks marked {{mark}}: it returns one row with the columns found and expected",
		"checks/joined_clicks.sql",
	),
});

const rowValues = z.record(text, z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const verifyEntry = z.strictObject({
	table: key(text, "Table, as schema.table, that verify-cdc may write its rows into", "shop.pipeline_heartbeat"),
	rows: key(
		section(z.array(rowValues).min(1, "must have a row")),
		"Rows that are inserted, tracked and deleted again; default: a heartbeat, whose table verify-cdc --create creates",
		[{ name: "marker" }],
	),
	marker: key(
		z.union([column, z.array(column).min(1, "must name a column")]).exactOptional(),
		"Column or columns that receive a mark to recognise the rows by, always including the first; the server then assigns the key. Without it, the rows are written unchanged",
		"name",
	),
	sample: key(
		z
			.strictObject({
				row_count: key(z.int().min(0), "Number of rows in the table", 15),
				row: key(rowValues, "Values of one of its rows", { id: 15, name: "Outdoors" }),
			})
			.exactOptional(),
		"How to recognise the table as filled by the sample data; the rows are then written unchanged, and are kept",
		{ row_count: 15, row: { id: 15, name: "Outdoors" } },
	),
});

export const scheduleEntry = z.union([
	text,
	z.strictObject({
		every: key(text.exactOptional(), "Interval between runs", "5 minutes"),
		cron: key(text.exactOptional(), "Minute, hour, day of month, month, day of week", "0 6 * * *"),
		timezone: key(text.exactOptional(), "IANA name of the time zone of cron; default: UTC", "Europe/Berlin"),
	}),
]);

const sampleDataEntry = z.strictObject({
	script: key(path, "TypeScript or JavaScript module that exports the sample schemas", "seed/schemas.ts"),
	dump: key(path.exactOptional(), "The same data as SQL, used to fill a server on EC2", "seed/sample.sql"),
	query: key(text.exactOptional(), "Named query whose result `demo` shows", "revenue_by_month"),
});

/** `pipeline.yaml` as it is written; parsePipeline in parse.ts reads it, and makes a `Pipeline` of it. */
export const pipelineFile = z
	.strictObject({
		name: key(
			z
				.string()
				.regex(
					/^[a-z][a-z0-9-]{0,39}$/,
					"must begin with a letter a-z, contain only a-z, 0-9 and -, and have at most 40 characters",
				),
			"Name of the pipeline; on AWS, part of the names of all resources",
			"shop",
		),
		description: key(text.exactOptional(), "What the pipeline is for", "Orders and clicks of the shop"),
		source: key(
			z.strictObject({
				schemas: key(schemas, "Schemas (databases) to replicate: a list, or a mapping of names to options", {
					shop: { tables: { exclude: ["tmp_*"] } },
				}),
			}),
			"What is replicated. Tables, columns, types and keys are read from the server",
			{ schemas: ["shop"] },
		),
		defaults: key(
			section(
				z.strictObject({
					columns: key(
						section(defaultColumns),
						"Actions for columns of these names in all tables, applied before anything is written",
						{ password_hash: "drop" },
					),
					new_tables: key(z.enum(newcomers).exactOptional(), "Tables created later. Default: include", "include"),
					new_columns: key(z.enum(newcomers).exactOptional(), "Columns added later. Default: include", "fail"),
					severity: key(z.enum(severities).exactOptional(), "Severity of rules without one. Default: error", "warn"),
				}),
			),
			"Defaults for schemas, tables and rules",
			{ new_columns: "fail" },
		),
		tables: key(
			section(z.record(text, tableEntry.nullable())),
			"Settings of tables, by schema.table; tables that are not listed are replicated too",
			{ "shop.customers": { columns: { email: "hash" } } },
		),
		models: key(
			path.exactOptional(),
			"Folder of models: each SQL file is a SELECT that becomes a table. It can read tables of the source, other models, and tables that jobs list under `tables`",
			"models/",
		),
		queries: key(path.exactOptional(), "Folder of named queries", "queries/"),
		warehouse: key(path.exactOptional(), "Folder of the warehouse's views", "warehouse/"),
		jobs: key(section(z.array(jobEntry)), "Python jobs, for what SQL cannot express", [
			{
				name: "totals",
				script: "jobs/totals.py",
				reads: ["processed/current/shop"],
				writes: ["processed/totals"],
			},
		]),
		clicks: key(section(clicksEntry), "The clickstream; omit it if there is none", { schema: { page: "string" } }),
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
			"Sample data for trying the pipeline without a source of your own; `source seed` writes it",
			{ script: "seed/schemas.ts" },
		),
		schedule: key(
			section(scheduleEntry),
			"When the jobs run: at an interval, or by cron. Default: every 5 minutes with `up`, every hour on AWS",
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
