import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "clicks tail",
	summary: "Show the records that arrive in the clickstream from now on",
	description: "Until Ctrl-C, or until there were as many as --records says.",
	options: [{ flags: "--records <count>", description: "end after so many", parse: wholeNumber(1, 1_000_000_000) }],
	timeout: "24h",
	examples: [
		["What arrives", "clicks tail"],
		["Ten of them, as JSON", "clicks tail --records 10 --json"],
	],
});
