import chalk from "chalk";
import { failingOrUnknown } from "../../actions/etl/failing.ts";
import { chosenJobs, runEtl, startEtl } from "../../actions/etl/runEtl.ts";
import { replicatedTables, replicationTrouble, tablesInError } from "../../actions/replicationTrouble.ts";
import { reviveReplication } from "../../actions/schedule/keep.ts";
import { runSchedule } from "../../actions/schedule/runSchedule.ts";
import type { CommandResult, Invocation, Run } from "../../command.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { PipelineError } from "../../common/errors.ts";
import { scheduleText } from "../../common/scheduleText.ts";
import type { Context, Stack } from "../../engines/port.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { abortReason } from "../shared/aborted.ts";
import { describeRun } from "../shared/etlRun.ts";
import type { definition } from "./definition.ts";

type Called = Invocation<typeof definition>;

export const run: Run<typeof definition> = async (invocation) => {
	const { args, options, stack, context } = invocation;
	const found = await stack();
	const names = [...args.jobs, ...(options.only ?? [])];
	const { from, select, every, acceptEmpty } = options;
	if (acceptEmpty !== undefined && (every !== undefined || !options.wait)) {
		throw new PipelineError("usage", {
			what: `--accept-empty and ${every === undefined ? "--no-wait" : "--every"} cannot be combined.`,
			fix: "Accept empty tables in a single run, and wait for it.",
			next: `pipeline-cli run-etl --accept-empty ${acceptEmpty.join(" --accept-empty ")}`,
		});
	}
	if (every !== undefined) return repeatEtl(invocation, found, names, every);
	if (!options.wait) return describeStart(await startEtl(found, names, context, { from, select }), found.name);
	// A mistake of the command is named before anything is looked at.
	await chosenJobs(found, names, { from, select });
	// On AWS each look is a dozen calls, and an alarm says it.
	const failed = found.engine === "local" ? await failingOrUnknown(found) : undefined;
	if (failed?.kind === "unknown") context.reporter.warn(failed.what);
	else if (failed !== undefined) context.reporter.note(`${failed.what} This run retries.`);
	const trouble = await replicationTrouble(found);
	if (trouble !== undefined) context.reporter.warn(`${trouble} See: pipeline-cli replication status`);
	const errors = trouble === undefined ? await tablesInError(found) : undefined;
	if (errors !== undefined) context.reporter.warn(`${errors} See: pipeline-cli replication tables`);
	if (acceptEmpty !== undefined) await warnOfUnknown(found, acceptEmpty, context);
	const result = await runEtl(found, names, context, {
		from,
		select,
		acceptEmpty,
		askTables: found.engine === "aws",
		check: true,
	});
	return {
		json: result,
		text: describeRun(found.name, result),
		...(result.outcome === undefined ? {} : { outcome: result.outcome }),
	};
};

/** A misspelt name accepts nothing. It may be right, too: a table that was dropped at the source is not replicated. */
async function warnOfUnknown(stack: Stack, accepted: readonly string[], { reporter }: Context): Promise<void> {
	const known = await replicatedTables(stack);
	for (const name of accepted.filter((one) => known?.includes(one) === false)) {
		const fix = didYouMean(name, known ?? [], "If it was dropped at the source, ignore this.");
		reporter.warn(`--accept-empty: ${name} is not replicated. ${fix}`);
	}
}

/** `--every`: run after run in the foreground until Ctrl-C. */
async function repeatEtl(
	{ options, localHost, context, print }: Called,
	stack: Stack,
	jobs: readonly string[],
	everySeconds: number,
): Promise<CommandResult> {
	if (stack.engine === "aws") {
		throw new PipelineError("usage", {
			what: `The schedule of ${stack.name} is part of its deployment.`,
			why: "On AWS, EventBridge Scheduler starts the runs, whether or not this machine is on.",
			fix: "Set it in the stack's configuration.",
			next: 'pulumi config set schedule "rate(5 minutes)" && pulumi up',
		});
	}
	if (options.json || !options.wait) {
		throw new PipelineError("usage", {
			what: `--every and ${options.json ? "--json" : "--no-wait"} cannot be combined.`,
			why: options.json ? "--json prints one document, but --every never ends." : "--every stays in the foreground.",
			fix: "Keep the jobs running in the background instead.",
			next: "pipeline-cli up --every 5m",
		});
	}
	let runs = 0;
	const { from, select } = options;
	const { reporter, signal } = context;
	const every = { everySeconds };
	const work = async (): Promise<void> => {
		reporter.note(`Running the jobs ${scheduleText(every)}, until Ctrl-C.`);
		await (await localHost()).keepSchedule(every, context, (board) =>
			runSchedule(
				stack,
				{
					...every,
					jobs,
					etl: { from, select },
					prepare: () => reviveReplication(stack, context),
					onEnd: async (ended) => {
						runs += 1;
						if ("error" in ended) reporter.warn(`The run failed: ${ended.error.message}`);
						else await print(`${describeRun(stack.name, ended.result)}\n`);
					},
				},
				board,
				context,
			),
		);
	};
	await work().catch((error: unknown) => {
		if (abortReason(signal)?.outcome !== "cancelled") throw error;
	});
	return { json: { runs }, text: `Stopped after ${runs} ${runs === 1 ? "run" : "runs"}.` };
}

function describeStart(started: Awaited<ReturnType<typeof startEtl>>, stack: string): CommandResult {
	const said = started.joined ? "is already running" : "started";
	const text = [
		`Run ${started.runId} ${said}: ${started.jobs.join(", ")}.`,
		`To check it: ${chalk.bold("pipeline-cli status")}`,
		"To stop it:",
		...started.stop.split("\n").map((line) => `  ${line}`),
		stackLine(stack),
	];
	return { json: started, text: text.join("\n") };
}
