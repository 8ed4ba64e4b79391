import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "setup",
	local: true,
	stackless: true,
	summary: "Install what the local stack needs: MariaDB, and Python for the jobs",
	description: "Other commands do this automatically when needed.",
	options: [{ flags: "--dev", description: "also install the dependencies of the Python tests" }],
	json: {
		python: "path of the interpreter, and whether it was installed",
		mariaDb: "path and version; absent if not needed",
		seconds: "duration",
	},
	examples: [["Install, or check that everything is installed", "setup"]],
});
