import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication reload",
	plans: true,
	summary: "Load tables again while changes continue to be replicated",
	description:
		"With --purge, everything that the lake contains of the tables is removed first: raw files, change logs, current tables with their history, and the tables that jobs and models derived from them, which are then rebuilt.",
	arguments: [["[tables...]", "schema.table, or schema.* for a whole schema; optional with --purge", "replicated"]],
	options: [
		{
			flags: "--purge",
			description:
				"remove old values of these tables, and of all tables whose columns are withheld differently in pipeline.yaml now",
		},
	],
	json: {
		tables: "statistics of the tables; with --purge, the tables that were removed",
		rebuilt: "with --purge: jobs whose tables are rebuilt",
		leaves: "with --purge: where old values remain",
		etl: "with --purge: as `run-etl`",
	},
	examples: [
		["One table", "replication reload shop.orders"],
		["After changing which columns pipeline.yaml withholds", "replication reload --purge"],
	],
});
