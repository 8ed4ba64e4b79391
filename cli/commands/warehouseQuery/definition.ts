import { defineCommand } from "../../command.ts";
import { csvOption, fileOption, safeOption } from "../shared/statementOptions.ts";

export const definition = defineCommand({
	name: "warehouse query",
	plans: true,
	summary: "Query the warehouse in SQL",
	description:
		"One statement that reads. The views are in the schema `analytics`, the tables of the lake in the schema `lake`.",
	arguments: [["[sql]", "the statement"]],
	options: [
		fileOption,
		{ flags: "-n, --name <view>", description: "return all rows of a view of the definition", completes: "views" },
		{ flags: "--list", description: "list the views" },
		csvOption,
		safeOption,
	],
	json: {
		columns: "name and type",
		rows: "arrays of values in column order",
		seconds: "duration",
		scannedBytes: "bytes scanned",
		usd: "price",
		reused: "whether it is a previous result",
		views: "with --list: name, title and columns of each view",
	},
	examples: [
		["A view (--list shows them)", "warehouse query --name my_view --csv"],
		["Count the rows of a table of the lake", 'warehouse query "SELECT count(*) FROM lake.my_table"'],
	],
});
