import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "replication status",
	plans: true,
	summary: "Show the replication's state, progress and lag",
	json: {
		state: "state of the replication",
		text: "the state in the words of the DMS console",
		fullLoadProgress: "percent",
		tables: "number of tables loaded, loading, queued and in error",
		latencySeconds: "from the commit to the raw file",
		captureSeconds: "from the commit until it was read (AWS)",
		latencyUnknown: "why the latency is not known",
		cascading: "tables that foreign keys change without the binary log containing it",
		waiting: "tables that somebody at the source holds, with the reason; they are loaded when they are free",
		withheld: "columns and tables left out without being mentioned, with the reason",
		stopReason: "reason given by DMS",
		unwanted: "true if it stopped unexpectedly",
		lastError: "last error",
		problem: "what, why, fix, next, if it failed",
		startedAt: "time of the start",
		log: "path or log group",
	},
	examples: [["State", "replication status"]],
});
