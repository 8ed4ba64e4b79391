import { defineCommand } from "../../command.ts";
import { csvOption, fileOption, safeOption } from "../shared/statementOptions.ts";

export const definition = defineCommand({
	name: "warehouse query",
	plans: true,
	summary: "Ask the warehouse in SQL",
	description: "One statement that reads. The views are in the schema analytics, the lake's tables in lake.",
	arguments: [["[sql]", "the statement"]],
	options: [
		fileOption,
		{ flags: "-n, --name <view>", description: "all rows of a view of the definition" },
		{ flags: "--list", description: "list these views" },
		csvOption,
		safeOption,
	],
	examples: [
		["A view, of those that --list shows", "warehouse query --name my_view --csv"],
		["Count the rows of a table of the lake", 'warehouse query "SELECT count(*) FROM lake.my_table"'],
	],
});
