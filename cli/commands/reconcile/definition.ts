import { defineCommand } from "../../command.ts";
import { wholeNumber } from "../shared/options.ts";

export const definition = defineCommand({
	name: "reconcile",
	summary: "Prove that the lake equals the source, row by row",
	description:
		"Reads every row at the source, as formatted by the server, and compares columns, types and values with the current table. On AWS, both sides compute digests of buckets of rows, and only rows of buckets that differ are read; before anything runs, it shows how much Athena will scan and asks. Writes can continue meanwhile: differences are checked again once they have had time to arrive. Never writes to the source. Exits with 0 if everything is equal, 10 if data differs, and 1 if something could not be compared.",
	arguments: [["[tables...]", "schema.table, or schema.* for a whole schema (default: all tables)", "replicated"]],
	options: [
		{
			flags: "--sample <n>",
			description: "compare about one row in n, by ranges of the key (tables with an integer key)",
			parse: wholeNumber(2, 1_000_000),
		},
		{
			flags: "--max-load <threads>",
			description: "pause while the source has more running threads than this",
			parse: wholeNumber(1, 1_000_000),
		},
		{
			flags: "--deep",
			description:
				"also compare the parts of the lake with each other: files, change logs, current and derived tables, catalog",
		},
		{ flags: "--html <file>", description: "also write the report as an HTML page" },
		{ flags: "--repair", description: "reload the tables that differ, after asking, then compare them again" },
		{ flags: "--yes", description: "do not ask before queries that cost money, or before --repair" },
	],
	json: {
		ok: "whether everything is equal and was compared",
		tables: "schema, table, rows, and what differs or was not compared",
		seconds: "duration",
		behind: "why the lake may be behind the source",
		sample: "one row in this many was compared",
		plan: "planned statements and price (AWS)",
		cost: "what was scanned, and its price (AWS)",
		lake: "with --deep: findings in the lake",
		repaired: "with --repair: tables that were reloaded",
	},
	examples: [
		["Compare everything", "reconcile"],
		["Compare two tables", "reconcile shop.orders shop.payments"],
		["Also check the rest of the lake", "reconcile --deep"],
		["Limit the load on a busy source", "reconcile --max-load 20"],
	],
	timeout: "24h",
});
