import { defineCommand } from "../../command.ts";
import { scale, seed } from "../shared/options.ts";

export const definition = defineCommand({
	name: "demo",
	local: true,
	summary: "Run the whole pipeline on this machine and prove that a change arrives",
	description:
		"Installs what is missing, starts a MariaDB with two sample schemas, replicates it, sends clicks, runs the jobs, runs a query, and verifies that a change arrives. Safe to repeat.",
	options: [scale, seed],
	examples: [["The whole pipeline, from nothing", "demo"]],
});
