import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "dashboard url",
	plans: true,
	summary: "Show the addresses of the QuickSight dashboards",
	json: {
		dashboards: "addresses by name",
	},
	examples: [["Print the addresses", "dashboard url"]],
});
