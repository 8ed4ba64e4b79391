import { defineCommand } from "../../command.ts";
import { oneOf } from "../shared/options.ts";

const formats = ["csv", "parquet", "xlsx"] as const;

export const definition = defineCommand({
	name: "export",
	plans: true,
	summary: "Save a table or a query result as a file",
	arguments: [["<what>", "a table, a named query, or a statement", "exportable"]],
	options: [
		{
			flags: "--format <format>",
			description: "csv, parquet or xlsx",
			parse: oneOf(...formats),
			completes: formats,
			default: "csv",
		},
		{ flags: "-o, --output <path>", description: "file to write (default: the name with the extension of the format)" },
		{
			flags: "--no-safe",
			description: "CSV: do not add an apostrophe before text that a spreadsheet would run as a formula",
		},
	],
	json: {
		path: "file",
		rows: "number of rows",
		bytes: "size of the file",
	},
	examples: [
		["A named query for a spreadsheet", "export my_query --format xlsx"],
		["A table", "export my_table --format parquet --output my_table.parquet"],
	],
});
