import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "down",
	local: true,
	summary: "Stop everything of the local stack",
	options: [
		{ flags: "--purge", description: "also remove its data, after asking" },
		{ flags: "--yes", description: "do not ask" },
	],
	examples: [
		["Stop; data stays", "down"],
		["Remove all of it", "down --purge"],
	],
});
