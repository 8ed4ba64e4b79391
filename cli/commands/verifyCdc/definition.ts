import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "verify-cdc",
	plans: true,
	summary: "Write rows at the source and prove that they arrive",
	description:
		"Inserts the rows or the heartbeat that `verify` in pipeline.yaml defines, tracks them through table statistics, raw files and jobs to the current table, and deletes them again. With --read-only, it tracks a change made by somebody else, or compares row counts if nothing changes. Exits with 0 only if everything is proved, 10 if data differs, and 9 on timeout.",
	options: [
		{ flags: "--keep", description: "keep the marker rows at the source" },
		{ flags: "--create", description: "create the heartbeat table if it does not exist" },
		{ flags: "--read-only", description: "do not write to the source" },
	],
	json: {
		ok: "whether everything was proved",
		kind: "what was tracked: rows, change or counts",
		checks: "title, ok, seconds and what was seen",
		table: "schema.table",
		columns: "columns of `rows`",
		rows: "rows that were tracked",
		rawFiles: "raw files that contain them",
		rawRows: "their content in the raw files",
		latency: "seconds from the commit to the raw file (`raw`) and to a query (`queryable`)",
		removed: "whether the rows were deleted again",
	},
	examples: [
		["Prove that changes arrive", "verify-cdc"],
		["Create the heartbeat table first", "verify-cdc --create"],
		["Prove it without writing to the source", "verify-cdc --read-only"],
	],
});
