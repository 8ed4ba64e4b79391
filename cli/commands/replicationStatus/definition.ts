import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication status",
	plans: true,
	summary: "Show the replication's state, progress and lag",
	examples: [["State", "replication status"]],
});
