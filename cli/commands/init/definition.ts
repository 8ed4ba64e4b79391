import { defineCommand } from "../../command.ts";
import { sourceCa } from "../shared/sourceOptions.ts";

export const definition = defineCommand({
	name: "init",
	local: true,
	summary: "Generate the definition of your own pipeline",
	description:
		"Inspects the tables, keys and sizes on a MySQL or MariaDB server, and generates pipeline.yaml, a first set of queries and charts, and the configuration of a stack on AWS. Never overwrites a file, and never writes to the server. The password is read from PIPELINE_SOURCE_PASSWORD, or from a URL in PIPELINE_SOURCE_URL; otherwise you are asked for it.",
	arguments: [["<folder>", "name of the pipeline (creates pipelines/<name>), or the path of its folder"]],
	options: [
		{ flags: "--source-url <url>", description: "the server: mysql://user@host:port, optionally followed by /schema" },
		sourceCa,
		{
			flags: "--schema <name>",
			description: "schema to replicate; can be repeated (default: all that the user can see)",
			repeatable: true,
		},
	],
	json: {
		name: "name of the pipeline",
		folder: "folder of the definition",
		files: "files that were written",
		tables: "number of tables on the server",
		withoutKey: "tables without a primary key",
		personal: "columns that may hold personal data",
		aliases: "tables with another name in the catalog",
		models: "names of models",
		queries: "names of queries",
		next: "commands to run next, for `local` and `aws`",
	},
	examples: [
		["A pipeline for one schema", "init shop2 --source-url mysql://repl@db.example.com:3306 --schema shop"],
		[
			"For all schemas, in a folder of your choice",
			"init ./pipelines/everything --source-url mysql://repl@db.example.com",
		],
	],
});
