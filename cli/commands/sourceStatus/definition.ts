import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "source status",
	local: true,
	summary: "Show the source, and check that it can be replicated",
	examples: [["State, rows and checks", "source status"]],
});
