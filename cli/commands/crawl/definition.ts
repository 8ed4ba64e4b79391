import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "crawl",
	plans: true,
	summary: "Register the tables of the lake in the data catalog",
	json: {
		database: "name of the catalog database",
		tables: "registered tables, with name, zone, prefix, format and columns",
		removed: "names of tables that are no longer there",
	},
	examples: [["Register new tables and partitions", "crawl"]],
});
