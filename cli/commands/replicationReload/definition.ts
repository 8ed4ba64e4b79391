import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication reload",
	plans: true,
	summary: "Reload tables, beside the running changes",
	arguments: [["<tables...>", "schema.table, or schema.* for all of a schema"]],
	examples: [["One table", "replication reload shop.orders"]],
});
