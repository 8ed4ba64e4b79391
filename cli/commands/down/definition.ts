import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "down",
	local: true,
	summary: "Stop the local stack",
	options: [
		{ flags: "--purge", description: "also remove all its data, after asking" },
		{ flags: "--yes", description: "do not ask" },
	],
	examples: [
		["Stop, and keep the data", "down"],
		["Remove everything", "down --purge"],
	],
});
