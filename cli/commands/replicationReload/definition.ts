import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication reload",
	plans: true,
	summary: "Reload tables, beside the running changes",
	description:
		"With --purge, all that the lake has of the tables is removed before: raw files, change log, current table with its history, and what jobs and models made of them, which is built again.",
	arguments: [["[tables...]", "schema.table, or schema.* for all of a schema; with --purge also none"]],
	options: [
		{
			flags: "--purge",
			description: "remove old values everywhere, of these tables and of all whose rules in pipeline.yaml have changed",
		},
	],
	examples: [
		["One table", "replication reload shop.orders"],
		["After an edit of what pipeline.yaml withholds", "replication reload --purge"],
	],
});
