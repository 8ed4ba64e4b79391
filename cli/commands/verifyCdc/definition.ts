import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "verify-cdc",
	plans: true,
	summary: "Write rows at the source and prove that they arrive",
	description:
		"Writes what verify in pipeline.yaml says, rows or a heartbeat, follows it through table statistics, raw files and jobs to the current table, and takes it back. With --read-only it follows what others change, or counts rows where nothing moves. Ends with 0 only when all is proved, 10 where data differ, 9 at the timeout.",
	options: [
		{ flags: "--keep", description: "leave the marker rows at the source" },
		{ flags: "--create", description: "make the table of heartbeats where it is missing" },
		{ flags: "--read-only", description: "write nothing at the source" },
	],
	examples: [
		["Prove that changes arrive", "verify-cdc"],
		["Make the table of heartbeats, and prove", "verify-cdc --create"],
		["Prove without writing at the source", "verify-cdc --read-only"],
	],
});
