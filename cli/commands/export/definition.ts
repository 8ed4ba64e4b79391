import { defineCommand } from "../../command.ts";
import { oneOf } from "../shared/options.ts";

export const definition = defineCommand({
	name: "export",
	plans: true,
	summary: "Save a table or an answer as a file",
	arguments: [["<what>", "a table, a named query, or a statement"]],
	options: [
		{
			flags: "--format <format>",
			description: "csv, parquet or xlsx",
			parse: oneOf("csv", "parquet", "xlsx"),
			default: "csv",
		},
		{ flags: "-o, --output <path>", description: "file to write (default: the name and the format's ending)" },
		{ flags: "--no-safe", description: "CSV: no apostrophe before texts that spreadsheets would run as formulas" },
	],
	examples: [
		["A named query for a spreadsheet", "export my_query --format xlsx"],
		["A table", "export my_table --format parquet --output my_table.parquet"],
	],
});
