import { defineCommand } from "../../command.ts";
import { runDuration } from "../shared/options.ts";
import { sourceOptions } from "../shared/sourceOptions.ts";

export const definition = defineCommand({
	name: "up",
	local: true,
	summary: "Start everything of the local stack, and keep its jobs running",
	description:
		"Source, replication and the schedule: that of --every, else of the definition, else every 5 minutes. Waits for the first run of a new stack; everything continues in the background until `down`. Safe to repeat.",
	options: [
		{ flags: "--every <duration>", description: "time from one run to the next, for instance 5m", parse: runDuration },
		{ flags: "--foreground", description: "stay in the foreground; Ctrl-C stops everything" },
		{ flags: "--install", description: "write a systemd unit of your user, which does it at every boot" },
		{ flags: "--uninstall", description: "remove that unit" },
		...sourceOptions,
	],
	endless: ["foreground"],
	timeout: "2h",
	examples: [
		["Start, or start again", "up"],
		["A run every minute", "up --every 1m"],
		["At every boot", "up --install"],
		["A pipeline of your own", "up --pipeline pipelines/shop2 --source-url mysql://repl@db.example.com:3306"],
	],
});
