import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "runs show",
	plans: true,
	summary: "Show what each job of a run did",
	description: "Jobs, tables with their rows, broken rules, quarantined files.",
	arguments: [["[run]", "id of the run, as runs list shows it (default: the newest)"]],
	examples: [
		["The newest run", "runs show"],
		["Another one", "runs show 20261129-125920-6457"],
	],
});
