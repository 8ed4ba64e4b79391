import { defineCommand } from "../../command.ts";
import { sourceCa } from "../shared/sourceOptions.ts";

export const definition = defineCommand({
	name: "init",
	local: true,
	summary: "Write the definition of a pipeline of your own",
	description:
		"It looks at the tables, keys and sizes of a MySQL or MariaDB server, and writes pipeline.yaml, first queries and charts, and the file of a stack on AWS. Nothing is overwritten, and nothing is written to the server. The password is taken as source up takes it: from PIPELINE_SOURCE_PASSWORD, from the whole URL in PIPELINE_SOURCE_URL, or asked for.",
	arguments: [["<folder>", "name of the pipeline, for pipelines/<name>, or the path of its folder"]],
	options: [
		{ flags: "--source-url <url>", description: "the server: mysql://user@host:port, or with /schema" },
		sourceCa,
		{
			flags: "--schema <name>",
			description: "schema to replicate; repeat for more (default: all that the user may see)",
			repeatable: true,
		},
	],
	examples: [
		["A pipeline of one schema", "init shop2 --source-url mysql://repl@db.example.com:3306 --schema shop"],
		["Of all schemas, in a folder of your own", "init ./pipelines/everything --source-url mysql://repl@db.example.com"],
	],
});
