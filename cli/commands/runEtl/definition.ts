import { defineCommand } from "../../command.ts";
import { runDuration } from "../shared/options.ts";

export const definition = defineCommand({
	name: "run-etl",
	plans: true,
	summary: "Run the jobs in their order",
	description: "Without names all of them. Only what is new since the last run is processed.",
	arguments: [["[jobs...]", "process-load, process-cdc, apply-changes, build-models, or a job of the definition"]],
	options: [
		{ flags: "--from <job>", description: "leave out the jobs before this one" },
		{ flags: "--only <job>", description: "this job alone; repeat for more, as with names", repeatable: true },
		{
			flags: "--select <models>",
			description: "build these models alone: name, +name with what it reads, name+ with what reads it, tag:word",
			repeatable: true,
		},
		{
			flags: "--accept-empty <table>",
			description: "schema.table may become empty, though its files went without an order; repeat for more",
			repeatable: true,
		},
		{
			flags: "--every <duration>",
			description: "run after run in the foreground, until Ctrl-C; `up` does it in the background",
			parse: runDuration,
		},
		{
			flags: "--no-wait",
			description: "start them in the cloud and return (AWS); all, or jobs that do not wait for each other",
		},
	],
	endless: ["every"],
	timeout: "2h",
	examples: [
		["All jobs", "run-etl"],
		["Two of them", "run-etl process-cdc apply-changes"],
		["What comes after a fixed job", "run-etl --from apply-changes"],
		["A model and what is made of it", "run-etl --select revenue+"],
		["A table whose files are gone, and which is to be empty", "run-etl --accept-empty shop.orders"],
		["Every five minutes, until Ctrl-C", "run-etl --every 5m"],
		["Start them and go", "run-etl --no-wait"],
	],
});
