import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "setup",
	local: true,
	summary: "Install what the local stack needs: the jobs' Python environment, MariaDB",
	description: "Other commands of the local stack do this when it is needed.",
	options: [{ flags: "--dev", description: "also install what the Python tests need" }],
	examples: [["Install, or check that all is there", "setup"]],
});
