import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "dashboard",
	summary: "Show the charts of the lake in a web page",
	description:
		"Served on this machine only, and kept up to date while the pipeline runs, until Ctrl-C. With --export the page becomes one file that works offline.",
	options: [
		{ flags: "--port <port>", description: "port on 127.0.0.1 (default: a free one)", parse: wholeNumber(1, 65535) },
		{ flags: "--export <file>", description: "write the page to an HTML file instead" },
		{ flags: "--no-token", description: "let every user of this machine read it, by an address without a token" },
		{ flags: "--no-open", description: "do not open the browser" },
	],
	// It runs until it is stopped; a timer holds 24 days at most.
	timeout: "500h",
	examples: [
		["Open it", "dashboard"],
		["A file to send around", "dashboard --export dashboard.html"],
	],
});
