import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "source status",
	local: true,
	summary: "Show the source, and check that it can be replicated",
	json: {
		state: "running, stopped or unreachable",
		address: "host:port",
		problem: "what, why, fix, next, if it cannot be reached",
		version: "server and version",
		schemas: "schema, tables and rows",
		checks: "name, ok, found, fix",
	},
	examples: [["State, rows and checks", "source status"]],
});
