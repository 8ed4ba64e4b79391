import { defineCommand } from "../../command.ts";
import { sourceOptions } from "../shared/sourceOptions.ts";

export const definition = defineCommand({
	name: "source up",
	local: true,
	summary: "Start the private MariaDB, or use a server of your own",
	description:
		"With --source-url the server is checked first. Its password is taken from PIPELINE_SOURCE_PASSWORD, or the whole URL from PIPELINE_SOURCE_URL, or asked for.",
	options: [...sourceOptions],
	examples: [
		["Start a private MariaDB", "source up"],
		["Use your own server", "source up --source-url mysql://repl@db.example.com:3306 --schema shop"],
		["Run a pipeline of your own", "source up --pipeline pipelines/shop2"],
	],
});
