import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "status",
	plans: true,
	summary: "Show the state of every part of the pipeline",
	watches: true,
	json: {
		source: "as `source status`",
		replication: "as `replication status`",
		trouble: "why changes do not arrive",
		clickstream: "state of the clickstream",
		raw: "files, bytes and newest file of the raw zone",
		processed: "the same for the processed zone",
		lastRun: "runId, state, startedAt, jobs",
		failing: "run that failed, until its jobs succeed",
		schedule: "schedule, next and last run",
		catalog: "database and number of tables",
		models: "states of the models",
		warehouse: "state of the warehouse",
		dashboards: "addresses by name",
		unseen: "parts that could not be inspected: part, outcome, reason, fix, next",
	},
	examples: [
		["Show everything once", "status"],
		["Refresh until Ctrl-C", "status --watch"],
	],
});
