import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "runs show",
	plans: true,
	summary: "Show what each job of a run did",
	description: "Shows the jobs, the tables with their rows, broken rules and quarantined files.",
	arguments: [["[run]", "run id as shown by `runs list` (default: the newest)", "runs"]],
	json: {
		runId: "id of the run",
		state: "state of the run",
		running: "whether it is still running",
		jobs: "job, state, report, why",
	},
	examples: [
		["The newest run", "runs show"],
		["Another one", "runs show 20261129-125920-6457"],
	],
});
