import { defineCommand } from "../../command.ts";
import { oneOf, wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "replication start",
	plans: true,
	summary: "Start the replication: full load, then changes",
	description: "Runs in the background. Started again, it continues where it was.",
	options: [
		{ flags: "--reload", description: "reload every table" },
		{
			flags: "--target <target>",
			description: "write files (default), or messages through a delivery stream; kept until it is given again",
			parse: oneOf("files", "stream"),
		},
		{
			flags: "--batch-interval <seconds>",
			description: "close a batch of changes after this long (default: 60)",
			parse: wholeNumber(1, 3600),
		},
		{
			flags: "--batch-mb <megabytes>",
			description: "close a batch of changes at this size (default: 32)",
			parse: wholeNumber(1, 1024),
		},
	],
	examples: [
		["Start, or go on", "replication start"],
		["Fresh data within a second, as the demo does", "replication start --batch-interval 1"],
	],
});
