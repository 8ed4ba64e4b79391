import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "dashboard",
	summary: "Serve the charts as a web page",
	description:
		"The page is only reachable from this machine, and is updated while the pipeline runs, until Ctrl-C. With --export, it is written to a single file that works offline.",
	options: [
		{ flags: "--port <port>", description: "port on 127.0.0.1 (default: any free port)", parse: wholeNumber(1, 65535) },
		{ flags: "--export <file>", description: "write the page to an HTML file instead" },
		{
			flags: "--no-token",
			description: "do not require a token, so that every user of this machine can read the page",
		},
		{ flags: "--no-open", description: "do not open the browser" },
	],
	// It runs until it is stopped; a timer holds 24 days at most.
	timeout: "500h",
	json: {
		url: "address of the page",
		file: "with --export: path of the file",
		bytes: "with --export: size of the file",
	},
	examples: [
		["Open it", "dashboard"],
		["A file to share", "dashboard --export dashboard.html"],
	],
});
