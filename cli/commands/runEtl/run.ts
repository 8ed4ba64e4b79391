import chalk from "chalk";
import { runEtl, startEtl } from "../../actions/etl/runEtl.ts";
import type { CommandResult, Run } from "../../command.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { describeRun } from "../shared/etlRun.ts";
import type { definition } from "./definition.ts";

export const run: Run<typeof definition> = async ({ args, options, stack, context }) => {
	const found = await stack();
	const names = [...args.jobs, ...(options.only ?? [])];
	const { from, select } = options;
	if (!options.wait) return describeStart(await startEtl(found, names, context, { from, select }), found.name);
	const result = await runEtl(found, names, context, { from, select, askTables: found.engine === "aws" });
	return {
		json: result,
		text: describeRun(found.name, result),
		...(result.outcome === undefined ? {} : { outcome: result.outcome }),
	};
};

function describeStart(started: Awaited<ReturnType<typeof startEtl>>, stack: string): CommandResult {
	const said = started.joined ? "is going already" : "started";
	const text = [
		`Run ${started.runId} ${said}: ${started.jobs.join(", ")}.`,
		`See it: ${chalk.bold("pipeline-cli status")}`,
		"Stop it:",
		...started.stop.split("\n").map((line) => `  ${line}`),
		stackLine(stack),
	];
	return { json: started, text: text.join("\n") };
}
