import { defineCommand } from "../../command.ts";
import { sourceOptions } from "../shared/sourceOptions.ts";

export const definition = defineCommand({
	name: "source up",
	local: true,
	summary: "Start the private MariaDB, or use a server of your own",
	description:
		"With --source-url, the server is checked first. The password is read from PIPELINE_SOURCE_PASSWORD, or from a URL in PIPELINE_SOURCE_URL; otherwise you are asked for it.",
	options: [...sourceOptions],
	json: {
		address: "host:port",
		action: "started, already running or initialised (private MariaDB)",
		checks: "name, ok, found, fix (your own server)",
	},
	examples: [
		["Start a private MariaDB", "source up"],
		["Use your own server", "source up --source-url mysql://repl@db.example.com:3306 --schema shop"],
		["Run your own pipeline", "source up --pipeline pipelines/shop2"],
	],
});
