import chalk from "chalk";
import type { Command } from "../command.ts";
import type { JobRun } from "../engines/port.ts";
import { type EtlResult, runEtl as run } from "../steps/runEtl.ts";
import { formatCount, formatSeconds } from "../ui/format.ts";
import { renderTable } from "../ui/table.ts";

export const runEtl: Command = async ({ args, stack, context }) => {
	const found = await stack();
	const names = args.filter((name) => name !== undefined);
	const result = await run(found, names, context);
	return {
		json: { stack: found.name, ...result },
		text: describeRun(found.name, result),
		...(result.outcome === undefined ? {} : { outcome: result.outcome }),
	};
};

/** The jobs as a table, then what failed and what was set aside, with where to read on. */
export function describeRun(stack: string, result: EtlResult): string {
	const rows = result.jobs.map((run) =>
		run.state === "skipped"
			? [run.job, "skipped", "", "", `waits for ${run.because}`]
			: [
					run.job,
					run.state,
					formatSeconds(run.seconds),
					run.report === undefined ? "" : formatCount(run.report.rows_read),
					run.report === undefined ? "" : formatCount(run.report.rows_written),
				],
	);
	const table = renderTable(
		[
			{ title: "JOB" },
			{ title: "STATE" },
			{ title: "DURATION", align: "right" },
			{ title: "ROWS READ", align: "right" },
			{ title: "ROWS WRITTEN", align: "right" },
		],
		rows,
	);
	const runs = result.jobs.filter((run) => run.state !== "skipped");
	const verdict = result.anythingNew ? "" : "Nothing new since the last run.";
	return [
		table,
		...runs.flatMap(describeFailure),
		...runs.flatMap(describeQuality),
		...[verdict].filter((line) => line !== ""),
		chalk.dim(`Stack ${stack}, run ${result.runId}, ${formatSeconds(result.seconds)}.`),
	].join("\n");
}

function describeFailure(run: JobRun): string[] {
	if (run.logTail === undefined) return [];
	return [
		"",
		chalk.red(`${run.job} ${run.state}. The last lines of its log:`),
		...run.logTail.map((line) => `  ${line}`),
		`All of it: ${run.log}`,
	];
}

function describeQuality(run: JobRun): string[] {
	const aside = (run.report?.set_aside ?? []).map(
		({ uri, reason }) => `${chalk.yellow("set aside:")} ${uri}: ${reason}`,
	);
	const broken = (run.report?.quality ?? []).map(
		({ table, rule, failed_rows, examples }) =>
			`${chalk.yellow("rule broken:")} ${table}: ${rule}, ${formatCount(failed_rows)} rows, for instance ${JSON.stringify(examples)}`,
	);
	if (aside.length > 0) {
		aside.push("Put a whole file in its place, or load its table anew: pipeline-cli replication reload <schema.table>");
	}
	return [...aside, ...broken];
}
