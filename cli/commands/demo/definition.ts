import { defineCommand } from "../../command.ts";
import { scale, seed } from "../shared/options.ts";

export const definition = defineCommand({
	name: "demo",
	local: true,
	summary: "Run the whole pipeline on this machine and prove that a change arrives",
	description:
		"Installs what is missing, starts a MariaDB with two sample schemas, replicates it, sends clicks, runs the jobs, runs a query, and verifies that a change arrives. Safe to repeat.",
	options: [scale, seed],
	json: {
		ok: "whether everything was proved",
		seconds: "duration without the setup",
		setupSeconds: "duration of the setup",
		replicatedTables: "tables that were loaded",
		replicatedRows: "rows that were loaded",
		clicks: "clicks that were delivered",
		etl: "as `run-etl`",
		question: "name and title of the query, if the definition has one",
		answer: "as `query`",
		verification: "as `verify-cdc`",
	},
	examples: [["The whole pipeline, from nothing", "demo"]],
});
