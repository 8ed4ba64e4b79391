import { defineCommand } from "../../command.ts";
import { scale, seed } from "../shared/options.ts";

export const definition = defineCommand({
	name: "source seed",
	summary: "Create and fill the two sample schemas",
	description:
		"The same seed number gives the same data. --scale multiplies customers, orders and what belongs to them; products, employees and posts grow with its square root; offices, product lines and settings stay, and wp_terms always has 15 rows.",
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
