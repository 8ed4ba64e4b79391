import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "down",
	local: true,
	summary: "Stop the local stack",
	options: [
		{ flags: "--purge", description: "also remove all its data, after asking" },
		{ flags: "--yes", description: "do not ask" },
	],
	json: {
		schedule: "stopped or not running",
		everySeconds: "interval of the schedule, if set by `up --every`",
		run: "stopped or not running",
		replication: "stopped or not running",
		purged: "whether the data was removed",
	},
	examples: [
		["Stop, and keep the data", "down"],
		["Remove everything", "down --purge"],
	],
});
