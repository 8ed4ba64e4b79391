import { defineCommand } from "../../command.ts";
import { scale, seed } from "../shared/options.ts";

export const definition = defineCommand({
	name: "source seed",
	local: true,
	summary: "Create and fill the sample schemas of the pipeline",
	description:
		"The same seed number gives the same data. --scale multiplies what happens, such as orders; what describes the business, such as products, grows with its square root.",
	options: [
		scale,
		seed,
		{ flags: "--reset", description: "drop the sample schemas first" },
		{ flags: "--yes", description: "do not ask before writing to a server of your own" },
	],
	examples: [
		["Fill the sample schemas", "source seed"],
		["Ten times the rows", "source seed --reset --scale 10"],
	],
});
