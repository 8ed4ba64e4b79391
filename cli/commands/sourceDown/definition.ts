import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "source down",
	local: true,
	summary: "Stop the private MariaDB and keep its data",
	json: {
		state: "stopped, not running or not ours",
	},
	examples: [["Stop it", "source down"]],
});
