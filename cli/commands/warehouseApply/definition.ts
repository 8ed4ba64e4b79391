import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "warehouse apply",
	plans: true,
	summary: "Create or update the warehouse: tables of the lake, and views for analysts",
	description:
		"On the local stack, the warehouse is the DuckDB file warehouse.duckdb, which any DuckDB client can open. Its views show Iceberg tables as of the last `warehouse apply`.",
	json: {
		objects: "tables and views, with what was done",
	},
	examples: [["After new tables, or for fresh data in a DuckDB client", "warehouse apply"]],
});
