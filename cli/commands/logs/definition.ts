import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "logs",
	plans: true,
	summary: "Show the last lines of a log",
	arguments: [["<part>", "replication, schedule (local), crawler (AWS), or the name of a job", "logs"]],
	options: [
		{ flags: "-n, --lines <count>", description: "how many", parse: wholeNumber(1, 10_000), default: 100 },
		{ flags: "-f, --follow", description: "then show new lines until Ctrl-C" },
	],
	endless: ["follow"],
	json: {
		part: "part of the pipeline",
		log: "path or log group",
		lines: "lines",
	},
	examples: [
		["The replication", "logs replication"],
		["The most recent run of a job", "logs apply-changes --lines 500"],
		["Show new lines as they are written", "logs replication --follow"],
	],
});
