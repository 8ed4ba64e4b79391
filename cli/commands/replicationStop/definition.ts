import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication stop",
	plans: true,
	summary: "Write the open batch, then stop the replication",
	json: {
		outcome: "stopped or not running",
	},
	examples: [["Stop", "replication stop"]],
});
