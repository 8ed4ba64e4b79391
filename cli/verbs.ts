import { InvalidArgumentError } from "commander";
import type { Verb } from "./program.ts";
import { parseDuration } from "./ui/format.ts";

/** The verbs, in the order of `--help`. Their functions are imported when they are called. */
export const verbs: readonly Verb[] = [
	{
		name: "demo",
		summary: "Run the whole pipeline on this machine and prove that a change arrives",
		description:
			"Sets up, starts a MariaDB with two sample schemas, replicates, sends clicks, runs the jobs, queries, and verifies. Safe to repeat.",
		options: [scale(), seed()],
		examples: [["The whole pipeline, from nothing", "demo"]],
		load: async () => (await import("./commands/demo.ts")).demo,
	},
	{
		name: "status",
		plans: true,
		summary: "Show every part of the pipeline",
		options: [{ flags: "-w, --watch", description: "look again every few seconds, until Ctrl-C" }],
		examples: [
			["All parts at a glance", "status"],
			["All the time", "status --watch"],
		],
		load: async () => (await import("./commands/status.ts")).status,
	},
	{
		name: "setup",
		summary: "Install what the local stack needs: the jobs' Python environment, MariaDB",
		description: "Other commands of the local stack do this when it is needed.",
		options: [{ flags: "--dev", description: "also install what the Python tests need" }],
		examples: [["Install, or check that all is there", "setup"]],
		load: async () => (await import("./commands/setup.ts")).setup,
	},
	{
		name: "source up",
		summary: "Start the private MariaDB, or use a server of your own",
		description:
			"With --source-url the server is checked first. Its password is taken from PIPELINE_SOURCE_PASSWORD, or the whole URL from PIPELINE_SOURCE_URL, or asked for.",
		options: [
			{ flags: "--source-url <url>", description: "use this MySQL or MariaDB: mysql://user@host:port" },
			{
				flags: "--schema <name>",
				description: "schema to replicate; repeat for more",
				parse: gather,
			},
			{ flags: "--port <port>", description: "port of the private MariaDB", parse: wholeNumber(1, 65535) },
		],
		examples: [
			["Start a private MariaDB", "source up"],
			["Use your own server", "source up --source-url mysql://repl@db.example.com:3306 --schema shop"],
		],
		load: async () => (await import("./commands/source.ts")).sourceUp,
	},
	{
		name: "source down",
		summary: "Stop the private MariaDB; its data stays",
		examples: [["Stop it", "source down"]],
		load: async () => (await import("./commands/source.ts")).sourceDown,
	},
	{
		name: "source status",
		summary: "Show the source and check what replication needs of it",
		examples: [["State, rows and checks", "source status"]],
		load: async () => (await import("./commands/source.ts")).sourceStatus,
	},
	{
		name: "source seed",
		summary: "Create and fill the two sample schemas",
		description:
			"The same seed number gives the same data. --scale multiplies customers, orders and what belongs to them; products, employees and posts grow with its square root; offices, product lines and settings stay, and wp_terms always has 15 rows.",
		options: [
			scale(),
			seed(),
			{ flags: "--reset", description: "drop the sample schemas first" },
			{ flags: "--yes", description: "do not ask before writing to a server of your own" },
		],
		examples: [
			["Fill the sample schemas", "source seed"],
			["Ten times the rows", "source seed --reset --scale 10"],
		],
		load: async () => (await import("./commands/source.ts")).sourceSeed,
	},
	{
		name: "replication start",
		plans: true,
		summary: "Start the replication: full load, then changes",
		description: "Runs in the background. Started again, it goes on where it was.",
		options: [
			{ flags: "--reload", description: "load every table anew" },
			{
				flags: "--target <target>",
				description: "write files (default), or messages through a delivery stream; kept until it is given again",
				parse: oneOf("files", "stream"),
			},
			{
				flags: "--batch-interval <seconds>",
				description: "close a batch of changes after this long (default: 60)",
				parse: wholeNumber(1, 3600),
			},
			{
				flags: "--batch-mb <megabytes>",
				description: "close a batch of changes at this size (default: 32)",
				parse: wholeNumber(1, 1024),
			},
		],
		examples: [
			["Start, or go on", "replication start"],
			["Fresh data within a second, as the demo does", "replication start --batch-interval 1"],
		],
		load: async () => (await import("./commands/replication.ts")).replicationStart,
	},
	{
		name: "replication stop",
		plans: true,
		summary: "Write the open batch and stop",
		examples: [["Stop", "replication stop"]],
		load: async () => (await import("./commands/replication.ts")).replicationStop,
	},
	{
		name: "replication status",
		plans: true,
		summary: "Show the replication's state, progress and lag",
		examples: [["State", "replication status"]],
		load: async () => (await import("./commands/replication.ts")).replicationStatus,
	},
	{
		name: "replication tables",
		plans: true,
		summary: "Show the statistics of every table",
		examples: [["Rows loaded, inserts, updates, deletes, DDLs, errors", "replication tables"]],
		load: async () => (await import("./commands/replication.ts")).replicationTables,
	},
	{
		name: "replication reload",
		plans: true,
		summary: "Load tables anew, beside the running changes",
		arguments: [["<tables...>", "schema.table, or schema.* for all of a schema"]],
		examples: [["One table", "replication reload wordpress-db.wp_terms"]],
		load: async () => (await import("./commands/replication.ts")).replicationReload,
	},
	{
		name: "clicks send",
		plans: true,
		summary: "Send sample clicks to the clickstream",
		description:
			'Ctrl-C stops it, with a true count. A template is a JSON record with placeholders of faker, as in the Kinesis Data Generator: {{commerce.productName}}, {{number.int({"min":1,"max":5})}}.',
		options: [
			{
				flags: "--records <count>",
				description: "how many (default: 1000, or as many as --duration allows)",
				parse: wholeNumber(1, 1_000_000_000),
			},
			{
				flags: "--rate <count>",
				description: "records a second, at most (default: no limit)",
				parse: wholeNumber(1, 10_000_000),
			},
			{ flags: "--duration <duration>", description: "stop after this long, for instance 90s or 10m", parse: duration },
			{ flags: "--template <file>", description: "record to send (default: the guide's product clicks)" },
			seed(),
		],
		timeout: "24h",
		examples: [
			["The guide's hundred thousand, two thousand a second", "clicks send --records 100000 --rate 2000"],
			["Records of your own for ten minutes", "clicks send --template click.json --rate 500 --duration 10m"],
		],
		load: async () => (await import("./commands/clicks.ts")).clicksSend,
	},
	{
		name: "clicks tail",
		summary: "Show the records that arrive in the clickstream from now on",
		description: "Until Ctrl-C, or until there were as many as --records says.",
		options: [{ flags: "--records <count>", description: "end after so many", parse: wholeNumber(1, 1_000_000_000) }],
		timeout: "24h",
		examples: [
			["What arrives", "clicks tail"],
			["Ten of them, as JSON", "clicks tail --records 10 --json"],
		],
		load: async () => (await import("./commands/clicks.ts")).clicksTail,
	},
	{
		name: "run-etl",
		plans: true,
		summary: "Run the jobs in their order",
		description: "Without names all of them. Only what is new since the last run is processed.",
		arguments: [["[jobs...]", "process-load, process-cdc, apply-changes, join-tables, star-schema"]],
		options: [
			{ flags: "--from <job>", description: "leave out the jobs before this one" },
			{ flags: "--only <job>", description: "this job alone; repeat for more, as with names", parse: gather },
			{
				flags: "--no-wait",
				description: "start them in the cloud and return (AWS); all, or jobs that do not wait for each other",
			},
		],
		timeout: "2h",
		examples: [
			["All jobs", "run-etl"],
			["Two of them", "run-etl process-cdc apply-changes"],
			["What comes after a mended job", "run-etl --from apply-changes"],
			["Start them and go", "run-etl --no-wait"],
		],
		load: async () => (await import("./commands/runEtl.ts")).runEtl,
	},
	{
		name: "crawl",
		plans: true,
		summary: "Register what lies in the lake in the data catalog",
		examples: [["Register new tables and partitions", "crawl"]],
		load: async () => (await import("./commands/crawl.ts")).crawl,
	},
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
		load: async () => (await import("./commands/query.ts")).query,
	},
	{
		name: "export",
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
		load: async () => (await import("./commands/export.ts")).exportData,
	},
	{
		name: "dashboard",
		summary: "Show the pictures of the lake in a web page",
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
		load: async () => (await import("./commands/dashboard.ts")).dashboard,
	},
	{
		name: "dashboard url",
		plans: true,
		summary: "Show where the stack's QuickSight dashboards are",
		examples: [["The addresses, for a browser", "dashboard url"]],
		load: async () => (await import("./commands/dashboardUrl.ts")).dashboardUrl,
	},
	{
		name: "notebook",
		summary: "Open the analysts' notebook in JupyterLab",
		description: "Installs JupyterLab the first time. The notebook's queries act on the stack. Ctrl-C ends it.",
		options: [{ flags: "--no-open", description: "do not open the browser" }],
		timeout: "500h",
		examples: [["Open it", "notebook"]],
		load: async () => (await import("./commands/notebook.ts")).notebook,
	},
	{
		name: "warehouse apply",
		plans: true,
		summary: "Create or update the warehouse: the lake's tables and the analysts' views",
		description:
			"On the local stack it is a DuckDB file, warehouse.duckdb, for any DuckDB client. Its views show Iceberg tables as they were when it was last applied.",
		examples: [["After new tables, or for fresh data in a DuckDB client", "warehouse apply"]],
		load: async () => (await import("./commands/warehouse.ts")).warehouseApply,
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
		load: async () => (await import("./commands/warehouse.ts")).warehouseQuery,
	},
	{
		name: "verify-cdc",
		plans: true,
		summary: "Write rows at the source and prove that they arrive",
		description:
			"Follows them through table statistics, raw files and jobs to the current table. Ends with 0 only when all is proved, 10 where data differ, 9 at the timeout.",
		options: [{ flags: "--keep", description: "leave the marker rows at the source" }],
		examples: [["Prove that changes arrive", "verify-cdc"]],
		load: async () => (await import("./commands/verifyCdc.ts")).verifyCdc,
	},
	{
		name: "verify-clicks",
		summary: "Send marked clicks and prove that they arrive",
		description:
			"Follows them through the raw zone to the table of clicks and the joined table, where they stay. Ends with 0 only when all is proved, 10 where data differ, 9 at the timeout.",
		examples: [["Prove that clicks arrive", "verify-clicks"]],
		load: async () => (await import("./commands/verifyClicks.ts")).verifyClicks,
	},
	{
		name: "doctor",
		plans: true,
		summary: "Check all that the pipeline needs, and say how to mend it",
		description:
			"On AWS: credentials, account, permissions, jobs, DMS instance and engine version, quotas, buckets, and the settings of the source.",
		timeout: "5m",
		examples: [["Before the first start, or when something fails", "doctor"]],
		load: async () => (await import("./commands/doctor.ts")).doctor,
	},
	{
		name: "logs",
		plans: true,
		summary: "Show the last lines of a log",
		arguments: [["<part>", "replication, crawler, or a job"]],
		options: [{ flags: "-n, --lines <count>", description: "how many", parse: wholeNumber(1, 10_000), default: 100 }],
		examples: [
			["The replication", "logs replication"],
			["The newest run of a job", "logs apply-changes --lines 500"],
		],
		load: async () => (await import("./commands/logs.ts")).logs,
	},
	{
		name: "completion",
		summary: "Print the script by which a shell completes commands and options",
		arguments: [["<shell>", "bash, zsh or fish"]],
		examples: [
			["bash, for this session", "completion bash"],
			["fish, for ever", "completion fish > ~/.config/fish/completions/pipeline-cli.fish"],
		],
		load: async () => (await import("./commands/completion.ts")).completion,
	},
	{
		name: "down",
		summary: "Stop everything of the local stack",
		options: [
			{ flags: "--purge", description: "also remove its data, after asking" },
			{ flags: "--yes", description: "do not ask" },
		],
		examples: [
			["Stop; data stays", "down"],
			["Remove all of it", "down --purge"],
		],
		load: async () => (await import("./commands/down.ts")).down,
	},
];

function gather(text: string, previous: unknown): string[] {
	return [...((previous as string[] | undefined) ?? []), text];
}

function scale(): NonNullable<Verb["options"]>[number] {
	return { flags: "--scale <n>", description: "multiply the rows", parse: wholeNumber(1, 1000), default: 1 };
}

function seed(): NonNullable<Verb["options"]>[number] {
	return { flags: "--seed <n>", description: "seed of the generated data", parse: wholeNumber(0, 2 ** 31), default: 1 };
}

function oneOf(...values: string[]): (text: string) => string {
	return (text) => {
		if (values.includes(text)) return text;
		throw new InvalidArgumentError(`It takes ${values.slice(0, -1).join(", ")} or ${values.at(-1)}.`);
	};
}

function duration(text: string): number {
	const seconds = parseDuration(text);
	if (seconds === undefined || seconds <= 0) {
		throw new InvalidArgumentError("It takes a number and a unit, for instance 90s, 10m or 2h.");
	}
	return seconds;
}

function wholeNumber(min: number, max: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (!Number.isInteger(value) || value < min || value > max) {
			throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
		}
		return value;
	};
}
