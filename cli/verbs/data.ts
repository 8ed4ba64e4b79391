import type { Verb } from "../program.ts";
import { duration, gather, oneOf, seed, wholeNumber } from "./options.ts";

/** The verbs by which data come into the lake and its tables. */
export const dataVerbs: readonly Verb[] = [
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
		load: async () => (await import("../commands/replication.ts")).replicationStart,
	},
	{
		name: "replication stop",
		plans: true,
		summary: "Write the open batch and stop",
		examples: [["Stop", "replication stop"]],
		load: async () => (await import("../commands/replication.ts")).replicationStop,
	},
	{
		name: "replication status",
		plans: true,
		summary: "Show the replication's state, progress and lag",
		examples: [["State", "replication status"]],
		load: async () => (await import("../commands/replication.ts")).replicationStatus,
	},
	{
		name: "replication tables",
		plans: true,
		summary: "Show the statistics of every table",
		examples: [["Rows loaded, inserts, updates, deletes, DDLs, errors", "replication tables"]],
		load: async () => (await import("../commands/replication.ts")).replicationTables,
	},
	{
		name: "replication reload",
		plans: true,
		summary: "Load tables anew, beside the running changes",
		arguments: [["<tables...>", "schema.table, or schema.* for all of a schema"]],
		examples: [["One table", "replication reload wordpress-db.wp_terms"]],
		load: async () => (await import("../commands/replication.ts")).replicationReload,
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
		load: async () => (await import("../commands/clicks.ts")).clicksSend,
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
		load: async () => (await import("../commands/clicks.ts")).clicksTail,
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
		load: async () => (await import("../commands/runEtl.ts")).runEtl,
	},
	{
		name: "crawl",
		plans: true,
		summary: "Register what lies in the lake in the data catalog",
		examples: [["Register new tables and partitions", "crawl"]],
		load: async () => (await import("../commands/crawl.ts")).crawl,
	},
];
