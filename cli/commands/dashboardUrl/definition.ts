import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "dashboard url",
	plans: true,
	summary: "Show where the stack's QuickSight dashboards are",
	examples: [["The addresses, for a browser", "dashboard url"]],
});
