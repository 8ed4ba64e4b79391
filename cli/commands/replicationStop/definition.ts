import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication stop",
	plans: true,
	summary: "Write the open batch, then stop the replication",
	examples: [["Stop", "replication stop"]],
});
