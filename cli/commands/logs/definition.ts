import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "logs",
	plans: true,
	summary: "Show the last lines of a log",
	arguments: [["<part>", "replication, schedule (local), crawler (AWS), or a job"]],
	options: [{ flags: "-n, --lines <count>", description: "how many", parse: wholeNumber(1, 10_000), default: 100 }],
	examples: [
		["The replication", "logs replication"],
		["The newest run of a job", "logs apply-changes --lines 500"],
	],
});
