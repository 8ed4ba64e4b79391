import chalk from "chalk";
import { lake } from "../../../etl/contract/contract.ts";
import { quarantined } from "../../../etl/contract/report.ts";
import { buildModels } from "../../actions/etl/chosenModels.ts";
import type { EtlResult } from "../../actions/etl/runEtl.ts";
import type { JobReport, JobRun } from "../../engines/port.ts";
import { formatCount, formatSeconds } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { logLine, renderTable } from "../../ui/table.ts";

/** The jobs as a table, then what failed and what was quarantined, with where to read on. */
export function describeRun(stack: string, result: EtlResult): string {
	const rows = result.jobs.map((run) =>
		run.state === "skipped"
			? [run.job, "skipped", "", "", `depends on ${run.because}`]
			: [
					run.job,
					run.state,
					formatSeconds(run.seconds),
					run.report === undefined ? "" : formatCount(run.report.rows_read),
					run.report === undefined ? "" : formatCount(run.report.rows_written),
				],
	);
	const costs = result.jobs.map((run) => (run.state === "skipped" ? undefined : run.cost));
	const usd = costs.reduce((sum, cost) => sum + (cost?.usd ?? 0), 0);
	const priced = costs.some((cost) => cost !== undefined);
	const table = renderTable(
		[
			{ title: "JOB" },
			{ title: "STATE" },
			{ title: "DURATION", align: "right" },
			{ title: "ROWS READ", align: "right" },
			{ title: "ROWS WRITTEN", align: "right" },
			...(priced ? ([{ title: "DPU-HOURS", align: "right" }] as const) : []),
		],
		rows.map((row, index) => (priced ? [...row, costs[index]?.dpuHours.toFixed(3) ?? ""] : row)),
	);
	const runs = result.jobs.filter((run) => run.state !== "skipped");
	const isWhole = result.outcome === undefined || result.outcome === "dataQuality";
	const verdict = result.anythingNew || !isWhole ? "" : "Nothing new since the last run.";
	return [
		table,
		...runs.flatMap(describeModels),
		...runs.flatMap(describeFailure),
		...runs.flatMap(({ report }) => describeQuality(report)),
		...(result.silent ?? []).map(({ table: name, reason }) => `${chalk.red("not readable:")} ${name}: ${reason}`),
		...(result.damaged ?? []).flatMap(({ part, name, found, fix }) => [
			...found.map((what) => `${chalk.red(`damaged, ${part}:`)} ${name}: ${what}`),
			...(fix === undefined ? [] : [`  To repair it: ${fix}`]),
		]),
		...[verdict].filter((line) => line !== ""),
		...(priced ? [`About $${usd.toFixed(2)} at the list price of us-east-1.`] : []),
		stackLine(stack, `, run ${result.runId}, ${formatSeconds(result.seconds)}`),
	].join("\n");
}

/** What became of each model, and why it was built. */
function describeModels(run: JobRun): string[] {
	if (run.job !== buildModels) return [];
	return (run.report?.tables ?? []).map(
		({ table, rows_written, note }) =>
			`model ${table}: ${formatCount(rows_written)} rows${note === null ? "" : `, ${note}`}`,
	);
}

function describeFailure(run: JobRun): string[] {
	if (run.logTail === undefined) return [];
	const fault = run.fault === undefined ? [] : [`${run.fault.kind}: ${run.fault.message}`];
	return [
		"",
		...fault,
		chalk.red(
			`${run.job} ${run.state}.${run.logTail.length === 0 ? " Its log is empty." : " The last lines of its log:"}`,
		),
		...run.logTail.map((line) => `  ${logLine(line)}`),
		`Full log: ${run.log}`,
	];
}

/** Quarantined files, blocked tables and broken rules of a job's report. */
export function describeQuality(report: JobReport | undefined): string[] {
	const { files, keyless } = quarantined(report ?? { set_aside: [] });
	const aside = files.map(({ uri, reason }) => `${chalk.yellow("quarantined:")} ${uri}: ${reason}`);
	const blocked = keyless.map(({ reason }) => `${chalk.red("blocked:")} ${reason}`);
	const broken = (report?.quality ?? []).map(({ table, rule, severity, failed_rows, examples, description }) => {
		const what = severity === "warn" ? chalk.yellow("warning, rule broken:") : chalk.red("blocked, rule broken:");
		const why = description === null ? "" : ` (${description})`;
		const found = `, ${formatCount(failed_rows)} rows, for example ${JSON.stringify(examples)}`;
		return `${what} ${table}: ${rule}${why}${examples.length === 0 ? "" : found}`;
	});
	const ofClicks = files.filter(({ uri }) => uri.includes(`/${lake.clickstream}/`)).length;
	if (ofClicks > 0) aside.push("Replace a damaged click file with an intact one, or remove it.");
	if (files.length > ofClicks) {
		aside.push(
			"Replace a damaged file with an intact one, or reload its table: pipeline-cli replication reload <schema.table>",
		);
	}
	return [...aside, ...blocked, ...broken];
}

/** A state of a job or of a run in its colour. */
export function paintState(state: string): string {
	if (state === "succeeded") return chalk.green(state);
	return state === "running" ? chalk.yellow(state) : chalk.red(state);
}
