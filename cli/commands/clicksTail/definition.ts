import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "clicks tail",
	summary: "Show records as they arrive in the clickstream",
	description: "Runs until Ctrl-C, or until --records have arrived.",
	options: [
		{ flags: "--records <count>", description: "stop after this many records", parse: wholeNumber(1, 1_000_000_000) },
	],
	timeout: "24h",
	json: {
		total: "records that arrived",
		records: "the last of them",
	},
	examples: [
		["Show what arrives", "clicks tail"],
		["Show ten records as JSON", "clicks tail --records 10 --json"],
	],
});
