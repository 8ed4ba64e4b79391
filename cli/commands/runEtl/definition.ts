import { defineCommand } from "../../command.ts";
import { runDuration } from "../shared/options.ts";

export const definition = defineCommand({
	name: "run-etl",
	plans: true,
	summary: "Run the jobs",
	description:
		"Runs all jobs in dependency order, or only those named. Only data that arrived since the last run is processed.",
	arguments: [
		["[jobs...]", "process-load, process-cdc, apply-changes, build-models, or a job of the definition", "jobs"],
	],
	options: [
		{ flags: "--from <job>", description: "run this job and those that depend on it", completes: "jobs" },
		{ flags: "--only <job>", description: "run only this job; can be repeated", repeatable: true, completes: "jobs" },
		{
			flags: "--select <models>",
			description: "build only these models: name, +name (and its inputs), name+ (and its dependants), tag:word",
			repeatable: true,
			completes: "models",
		},
		{
			flags: "--accept-empty <table>",
			description:
				"let schema.table become empty although its raw files disappeared without a TRUNCATE or DROP; can be repeated",
			repeatable: true,
			completes: "replicated",
		},
		{
			flags: "--every <duration>",
			description: "repeat in the foreground at this interval until Ctrl-C; `up` does this in the background",
			parse: runDuration,
		},
		{
			flags: "--no-wait",
			description:
				"start the jobs in the cloud and return (AWS); all of them, or jobs that do not depend on each other",
		},
	],
	endless: ["every"],
	timeout: "2h",
	json: {
		runId: "id of the run",
		jobs: "job, state, report and duration of each job; with --no-wait, names",
		anythingNew: "whether any job had something to process",
		seconds: "duration",
		catalog: "as `crawl`; absent if a job failed",
		silent: "tables that could not be queried, with the reason",
		damaged: "parts of the lake that are not as the run should have left them",
		outcome: "reason for an exit code other than 0",
		joined: "with --no-wait: whether everything was already running",
		stop: "with --no-wait: commands that stop it",
		runs: "with --every: number of runs",
	},
	examples: [
		["All jobs", "run-etl"],
		["Two of them", "run-etl process-cdc apply-changes"],
		["The job that was fixed, and those after it", "run-etl --from apply-changes"],
		["A model and its dependants", "run-etl --select revenue+"],
		["A table that is meant to become empty", "run-etl --accept-empty shop.orders"],
		["Every five minutes, until Ctrl-C", "run-etl --every 5m"],
		["Start them without waiting", "run-etl --no-wait"],
	],
});
