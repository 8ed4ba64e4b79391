import { defineCommand } from "../../command.ts";
import { duration, seed, wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "clicks send",
	plans: true,
	summary: "Send sample clicks to the clickstream",
	description:
		'Ctrl-C stops it and shows how many were sent. A template is a JSON record with faker placeholders, as in the Kinesis Data Generator: {{commerce.productName}}, {{number.int({"min":1,"max":5})}}.',
	options: [
		{
			flags: "--records <count>",
			description: "number of records (default: 1000, or unlimited with --duration)",
			parse: wholeNumber(1, 1_000_000_000),
		},
		{
			flags: "--rate <count>",
			description: "maximum records per second (default: no limit)",
			parse: wholeNumber(1, 10_000_000),
		},
		{ flags: "--duration <duration>", description: "stop after this time, for example 90s or 10m", parse: duration },
		{ flags: "--template <file>", description: "record to send (default: clicks.template of pipeline.yaml)" },
		seed,
	],
	timeout: "24h",
	json: {
		accepted: "records stored",
		retried: "sends repeated after a refusal",
		lost: "records refused for good",
		malformed: "accepted records that are not JSON (local stack)",
		seconds: "duration",
	},
	examples: [
		["Send 100,000 clicks at 2,000 per second", "clicks send --records 100000 --rate 2000"],
		["Send your own records for ten minutes", "clicks send --template click.json --rate 500 --duration 10m"],
	],
});
