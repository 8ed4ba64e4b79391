import { defineCommand } from "../../command.ts";
import { duration, seed, wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "clicks send",
	plans: true,
	summary: "Send sample clicks to the clickstream",
	description:
		'Ctrl-C stops it, with a true count. A template is a JSON record with placeholders of faker, as in the Kinesis Data Generator: {{commerce.productName}}, {{number.int({"min":1,"max":5})}}.',
	options: [
		{
			flags: "--records <count>",
			description: "how many (default: 1000, or as many as --duration allows)",
			parse: wholeNumber(1, 1_000_000_000),
		},
		{
			flags: "--rate <count>",
			description: "records a second, at most (default: no limit)",
			parse: wholeNumber(1, 10_000_000),
		},
		{ flags: "--duration <duration>", description: "stop after this long, for instance 90s or 10m", parse: duration },
		{ flags: "--template <file>", description: "record to send (default: clicks.template of pipeline.yaml)" },
		seed,
	],
	timeout: "24h",
	examples: [
		["A hundred thousand clicks, two thousand a second", "clicks send --records 100000 --rate 2000"],
		["Records of your own for ten minutes", "clicks send --template click.json --rate 500 --duration 10m"],
	],
});
