import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "status",
	plans: true,
	summary: "Show the state of every part of the pipeline",
	watches: true,
	examples: [
		["Show everything once", "status"],
		["Refresh until Ctrl-C", "status --watch"],
	],
});
