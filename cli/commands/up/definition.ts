import { defineCommand } from "../../command.ts";
import { runDuration } from "../shared/options.ts";
import { sourceOptions } from "../shared/sourceOptions.ts";

export const definition = defineCommand({
	name: "up",
	local: true,
	summary: "Start the local stack, and run its jobs on a schedule",
	description:
		"Starts the source, the replication and the schedule: --every, or the schedule of the definition, or every 5 minutes. Waits for the first run of a new stack. Everything continues in the background until `down`. Safe to repeat.",
	options: [
		{ flags: "--every <duration>", description: "interval between runs, for example 5m", parse: runDuration },
		{ flags: "--foreground", description: "stay in the foreground; Ctrl-C stops everything" },
		{ flags: "--install", description: "write a systemd user unit that starts the stack at every boot" },
		{ flags: "--uninstall", description: "remove that unit" },
		...sourceOptions,
	],
	endless: ["foreground"],
	timeout: "2h",
	json: {
		source: "as `source up`",
		replication: "started, resumed or already running",
		tables: "number of replicated tables",
		schedule: "the schedule, and the next run",
		firstRun: "result of the first run of a new stack",
	},
	examples: [
		["Start, or start again", "up"],
		["Run the jobs every minute", "up --every 1m"],
		["Start at every boot", "up --install"],
		["Your own pipeline", "up --pipeline pipelines/shop2 --source-url mysql://repl@db.example.com:3306"],
	],
});
