import { defineCommand } from "../../command.ts";
import { oneOf, wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "replication start",
	plans: true,
	summary: "Start the replication: full load, then changes",
	description: "Runs in the background. If it was stopped, it continues where it left off.",
	options: [
		{ flags: "--reload", description: "reload every table" },
		{
			flags: "--target <target>",
			description: "write files (default), or messages through a delivery stream; remembered for the next start",
			parse: oneOf("files", "stream"),
			completes: ["files", "stream"],
		},
		{
			flags: "--batch-interval <seconds>",
			description: "maximum age of a batch of changes (default: 60)",
			parse: wholeNumber(1, 3600),
		},
		{
			flags: "--batch-mb <megabytes>",
			description: "maximum size of a batch of changes (default: 32)",
			parse: wholeNumber(1, 1024),
		},
	],
	json: {
		outcome: "started, resumed or already running",
		status: "as `replication status`",
	},
	examples: [
		["Start, or continue", "replication start"],
		["Fresh data within about a second", "replication start --batch-interval 1"],
	],
});
