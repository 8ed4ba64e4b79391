import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication tables",
	plans: true,
	summary: "Show statistics for each table",
	json: {
		tables: "schema, table, state, fullLoadRows, inserts, updates, deletes, ddls, updatedAt, lastError",
	},
	examples: [["Rows loaded, inserts, updates, deletes, DDLs, errors", "replication tables"]],
});
