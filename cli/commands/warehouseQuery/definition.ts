import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "warehouse query",
	plans: true,
	summary: "Ask the warehouse in SQL",
	description: "One statement that reads. The views are in the schema analytics, the lake's tables in lake.",
	arguments: [["<sql>", "the statement"]],
	examples: [["Materials that are looked at", 'warehouse query "SELECT status, count(*) FROM lake.orders GROUP BY 1"']],
});
