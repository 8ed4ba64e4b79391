import type { Verb } from "../program.ts";
import { oneOf, wholeNumber } from "./options.ts";

/** The verbs that answer questions about the data. */
export const answerVerbs: readonly Verb[] = [
	{
		name: "query",
		plans: true,
		summary: "Ask the lake in SQL",
		description: "One statement that reads.",
		arguments: [["[sql]", "the statement"]],
		options: [
			{ flags: "-f, --file <path>", description: "read the statement from a file; - for stdin" },
			{ flags: "-n, --name <query>", description: "run a named query of etl/sql" },
			{ flags: "--list", description: "list the named queries" },
			{ flags: "--csv", description: "rows as CSV" },
			{
				flags: "--reuse <minutes>",
				description: "take an answer of before, up to this old (Athena)",
				parse: wholeNumber(1, 10_080),
			},
		],
		examples: [
			["A statement", 'query "SELECT department, count(*) FROM joint_tables GROUP BY 1"'],
			["A named query", "query --name sales_by_country"],
		],
		load: async () => (await import("../commands/query.ts")).query,
	},
	{
		name: "export",
		plans: true,
		summary: "Save a table or an answer as a file",
		arguments: [["<what>", "a table, a named query of etl/sql, or a statement"]],
		options: [
			{
				flags: "--format <format>",
				description: "csv, parquet or xlsx",
				parse: oneOf("csv", "parquet", "xlsx"),
				default: "csv",
			},
			{ flags: "-o, --output <path>", description: "file to write (default: the name and the format's ending)" },
		],
		examples: [
			["A named query for a spreadsheet", "export sales_by_country --format xlsx"],
			["A table", "export fact_orders --format parquet --output orders.parquet"],
		],
		load: async () => (await import("../commands/export.ts")).exportData,
	},
	{
		name: "dashboard",
		summary: "Show the charts of the lake in a web page",
		description:
			"Served on this machine only, and kept up to date while the pipeline runs, until Ctrl-C. With --export the page becomes one file that works offline.",
		options: [
			{ flags: "--port <port>", description: "port on 127.0.0.1 (default: a free one)", parse: wholeNumber(1, 65535) },
			{ flags: "--export <file>", description: "write the page to an HTML file instead" },
			{ flags: "--no-open", description: "do not open the browser" },
		],
		// It runs until it is stopped; a timer holds 24 days at most.
		timeout: "500h",
		examples: [
			["Open it", "dashboard"],
			["A file to send around", "dashboard --export dashboard.html"],
		],
		load: async () => (await import("../commands/dashboard.ts")).dashboard,
	},
	{
		name: "dashboard url",
		plans: true,
		summary: "Show where the stack's QuickSight dashboards are",
		examples: [["The addresses, for a browser", "dashboard url"]],
		load: async () => (await import("../commands/dashboardUrl.ts")).dashboardUrl,
	},
	{
		name: "notebook",
		summary: "Open the analysts' notebook in JupyterLab",
		description: "Installs JupyterLab the first time. The notebook's queries act on the stack. Ctrl-C ends it.",
		options: [{ flags: "--no-open", description: "do not open the browser" }],
		timeout: "500h",
		examples: [["Open it", "notebook"]],
		load: async () => (await import("../commands/notebook.ts")).notebook,
	},
	{
		name: "warehouse apply",
		plans: true,
		summary: "Create or update the warehouse: the lake's tables and the analysts' views",
		description:
			"On the local stack it is a DuckDB file, warehouse.duckdb, for any DuckDB client. Its views show Iceberg tables as they were when it was last applied.",
		examples: [["After new tables, or for fresh data in a DuckDB client", "warehouse apply"]],
		load: async () => (await import("../commands/warehouse.ts")).warehouseApply,
	},
	{
		name: "warehouse query",
		plans: true,
		summary: "Ask the warehouse in SQL",
		description: "One statement that reads. The views are in the schema analytics, the lake's tables in lake.",
		arguments: [["<sql>", "the statement"]],
		examples: [
			[
				"Materials that are looked at",
				'warehouse query "SELECT material, count(*) FROM analytics.joint_tables GROUP BY 1"',
			],
		],
		load: async () => (await import("../commands/warehouse.ts")).warehouseQuery,
	},
];
