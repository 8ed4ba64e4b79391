import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "warehouse apply",
	plans: true,
	summary: "Create or update the warehouse: the lake's tables and the analysts' views",
	description:
		"On the local stack it is a DuckDB file, warehouse.duckdb, for any DuckDB client. Its views show Iceberg tables as they were when it was last applied.",
	examples: [["After new tables, or for fresh data in a DuckDB client", "warehouse apply"]],
});
