import { defineCommand } from "../../command.ts";
import { csvOption, fileOption, safeOption } from "../shared/statementOptions.ts";

export const definition = defineCommand({
	name: "warehouse query",
	plans: true,
	summary: "Ask the warehouse in SQL",
	description: "One statement that reads. The views are in the schema analytics, the lake's tables in lake.",
	arguments: [["[sql]", "the statement"]],
	options: [fileOption, csvOption, safeOption],
	examples: [["Count the rows of a table of the lake", 'warehouse query "SELECT count(*) FROM lake.my_table"']],
});
