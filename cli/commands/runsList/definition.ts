import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

/** Runs that the local stack keeps; on AWS the newest twenty of each job are seen. */
export const keptRuns = 50;

export const definition = defineCommand({
	name: "runs list",
	plans: true,
	summary: "List recent runs of the jobs",
	options: [
		{
			flags: "-n, --limit <count>",
			description: "number of runs, newest first",
			parse: wholeNumber(1, keptRuns),
			default: 20,
		},
	],
	json: {
		runs: "runId, state, startedAt, seconds, rowsWritten, failures (job, why), rules; newest first",
	},
	examples: [["The last five", "runs list --limit 5"]],
});
