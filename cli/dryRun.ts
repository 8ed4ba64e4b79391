import chalk from "chalk";
import type { CommandResult } from "./command.ts";
import { type Plan, PlannedStop } from "./engines/plan.ts";
import { stackLine } from "./ui/stackLine.ts";

/**
 * Runs a command that changes nothing; what it has to show are the calls that it would have made.
 * @param stackName of the stack that it acted on, when it has run.
 */
export async function dryRun(
	work: () => Promise<CommandResult>,
	plan: Plan,
	stackName: () => string | undefined,
): Promise<CommandResult> {
	try {
		await work();
	} catch (error) {
		if (!(error instanceof PlannedStop)) throw error;
	}
	const lines = plan.calls.map(({ service, action, parameters, sent }) => {
		const mark = sent ? chalk.dim("read  ") : chalk.yellow("would ");
		return `${mark} ${service}:${action} ${JSON.stringify(parameters)}`;
	});
	const last = "Dry run: nothing was changed. Later calls may depend on the responses to earlier ones.";
	const name = stackName();
	const text = [...lines, chalk.dim(last), ...(name === undefined ? [] : [stackLine(name)])].join("\n");
	return { json: { dryRun: true, calls: plan.calls }, text };
}
