import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "source up",
	summary: "Start the private MariaDB, or use a server of your own",
	description:
		"With --source-url the server is checked first. Its password is taken from PIPELINE_SOURCE_PASSWORD, or the whole URL from PIPELINE_SOURCE_URL, or asked for.",
	options: [
		{ flags: "--source-url <url>", description: "use this MySQL or MariaDB: mysql://user@host:port" },
		{
			flags: "--schema <name>",
			description: "schema to replicate; repeat for more (default: those of the definition)",
			repeatable: true,
		},
		{ flags: "--pipeline <folder>", description: "definition that the stack runs (default: the sample shop's)" },
		{ flags: "--port <port>", description: "port of the private MariaDB", parse: wholeNumber(1, 65535) },
	],
	examples: [
		["Start a private MariaDB", "source up"],
		["Use your own server", "source up --source-url mysql://repl@db.example.com:3306 --schema shop"],
		["Run a pipeline of your own", "source up --pipeline pipelines/shop2"],
	],
});
