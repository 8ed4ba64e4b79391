import { defineCommand } from "../../command.ts";
import { scale, seed } from "../shared/options.ts";

export const definition = defineCommand({
	name: "source seed",
	local: true,
	summary: "Create and fill the sample schemas of the pipeline",
	description:
		"The same seed generates the same data. --scale multiplies events such as orders; master data such as products grows with its square root.",
	options: [
		scale,
		seed,
		{ flags: "--reset", description: "drop the sample schemas first" },
		{ flags: "--yes", description: "do not ask before writing to your own server" },
	],
	json: {
		schemas: "schema, tables and rows",
		seconds: "duration",
	},
	examples: [
		["Fill the sample schemas", "source seed"],
		["Ten times the rows", "source seed --reset --scale 10"],
	],
});
