import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "runs show",
	plans: true,
	summary: "Show what each job of a run did",
	description: "Shows the jobs, the tables with their rows, broken rules and quarantined files.",
	arguments: [["[run]", "run id as shown by `runs list` (default: the newest)"]],
	examples: [
		["The newest run", "runs show"],
		["Another one", "runs show 20261129-125920-6457"],
	],
});
