import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "reconcile",
	summary: "Prove that the lake equals the source, row by row",
	description:
		"Reads every row at the source as the server prints it, and compares it with the current table: columns, types, all values. On AWS both sides compute digests of buckets of rows, and rows are read where these differ; what Athena scans is shown before, and agreed to. Writes may go on: what differs is looked at again when it has had time to arrive. Reads only. Ends with 0 where everything is equal, 10 where data differ, 1 where something could not be compared.",
	arguments: [["[tables...]", "schema.table, or schema.* for all of a schema; all tables where none is named"]],
	options: [
		{
			flags: "--sample <n>",
			description: "compare about one row of n, in ranges of the key, where that is a whole number",
			parse: wholeNumber(2, 1_000_000),
		},
		{
			flags: "--max-load <threads>",
			description: "pause while the source has more threads running than this",
			parse: wholeNumber(1, 1_000_000),
		},
		{
			flags: "--deep",
			description:
				"compare the parts of the lake with each other, too: files, change logs, current and derived tables, catalog",
		},
		{ flags: "--html <file>", description: "write the report as a page, too" },
		{ flags: "--repair", description: "reload tables that differ, after asking, and compare them again" },
		{ flags: "--yes", description: "do not ask before queries that cost, nor before --repair" },
	],
	examples: [
		["Compare everything", "reconcile"],
		["Compare two tables", "reconcile shop.orders shop.payments"],
		["Look at the whole lake, too", "reconcile --deep"],
		["Spare a busy source", "reconcile --max-load 20"],
	],
	timeout: "24h",
});
