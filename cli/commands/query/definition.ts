import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";
import { csvOption, fileOption, safeOption } from "../shared/statementOptions.ts";

export const definition = defineCommand({
	name: "query",
	plans: true,
	summary: "Query the lake in SQL",
	description: "Accepts a single statement that reads.",
	arguments: [["[sql]", "the statement"]],
	options: [
		fileOption,
		{ flags: "-n, --name <query>", description: "run a named query of the definition", completes: "queries" },
		{ flags: "--list", description: "list the named queries" },
		csvOption,
		safeOption,
		{
			flags: "--reuse <minutes>",
			description: "reuse a previous result that is at most this old (Athena)",
			parse: wholeNumber(1, 10_080),
		},
	],
	json: {
		columns: "name and type",
		rows: "arrays of values in column order",
		seconds: "duration",
		scannedBytes: "bytes scanned by Athena",
		usd: "price on Athena",
		reused: "whether it is a previous result",
		queries: "with --list: name, title and columns of each query",
	},
	examples: [
		["A statement", 'query "SELECT count(*) FROM my_table"'],
		["A named query (--list shows them)", "query --name my_query"],
	],
});
