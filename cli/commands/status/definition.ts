import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "status",
	plans: true,
	summary: "Show every part of the pipeline",
	watches: true,
	examples: [
		["All parts at a glance", "status"],
		["All the time", "status --watch"],
	],
});
