import chalk from "chalk";
import { runView } from "../../actions/dashboard/runs.ts";
import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import type { RunHistory, Stack } from "../../engines/port.ts";
import { formatCount, formatSeconds, formatTime } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { logLine, renderTable } from "../../ui/table.ts";
import { keptRuns } from "../runsList/definition.ts";
import { describeQuality, paintState } from "../shared/etlRun.ts";
import type { definition } from "./definition.ts";

/** `runs show`: one run, job by job. */
export const run: Run<typeof definition> = async ({ args, stack }) => {
	const found = await stack();
	const shown = inOrder(await runOf(found, args.run));
	const { state, startedAt, seconds } = runView(shown);
	const head = [
		`Run ${shown.runId} ${paintState(state)}`,
		...(startedAt === undefined ? [] : [`started ${formatTime(startedAt)}`]),
		...(seconds === undefined ? [] : [formatSeconds(seconds)]),
	];
	const text = [head.join(", "), ...jobTable(shown), ...tableTable(shown), ...shown.jobs.flatMap(describeEnd)];
	return { json: { ...shown, state }, text: [...text, stackLine(found.name)].join("\n") };
};

/** @throws PipelineError naming the newest runs, where there is none of that id. */
async function runOf(stack: Stack, id: string | undefined): Promise<RunHistory> {
	const runs = await (await stack.jobs()).runs(id === undefined ? 1 : keptRuns);
	const found = id === undefined ? runs[0] : runs.find(({ runId }) => runId === id);
	if (found !== undefined) return found;
	if (runs.length === 0) {
		throw new PipelineError("usage", {
			what: `The jobs of the stack ${stack.name} have not run yet.`,
			fix: "Run the jobs.",
			next: "pipeline-cli run-etl",
		});
	}
	const newest = runs.slice(0, 5).map(({ runId }) => runId);
	throw new PipelineError("usage", {
		what: `There is no run ${id}.`,
		why: `The latest runs are ${newest.join(", ")}.`,
		fix: "Choose a run from runs list. Old runs are removed.",
		next: "pipeline-cli runs list",
	});
}

/** Jobs as they began; those without a report at the end. */
function inOrder(run: RunHistory): RunHistory {
	const begun = ({ report }: RunHistory["jobs"][number]): number =>
		report === undefined ? Number.MAX_VALUE : Date.parse(report.started_at);
	return { ...run, jobs: run.jobs.toSorted((a, b) => begun(a) - begun(b)) };
}

function jobTable({ jobs }: RunHistory): string[] {
	if (jobs.length === 0) return ["No job has ended yet."];
	const table = renderTable(
		[
			{ title: "JOB" },
			{ title: "STATE" },
			{ title: "DURATION", align: "right" },
			{ title: "ROWS READ", align: "right" },
			{ title: "ROWS WRITTEN", align: "right" },
		],
		jobs.map(({ job, state, report }) => [
			job,
			paintState(state),
			...(report === undefined
				? ["", "", ""]
				: [
						formatSeconds((Date.parse(report.finished_at) - Date.parse(report.started_at)) / 1000),
						formatCount(report.rows_read),
						formatCount(report.rows_written),
					]),
		]),
	);
	return ["", table];
}

/** Tables that had work, in the order of the jobs. */
function tableTable({ jobs }: RunHistory): string[] {
	const rows = jobs.flatMap(({ job, report }) =>
		(report?.tables ?? []).map(({ schema, table, rows_read, rows_written, note }) => [
			// What a job makes has no schema of the source's.
			schema === "" ? table : `${schema}.${table}`,
			job,
			formatCount(rows_read),
			formatCount(rows_written),
			note ?? "",
		]),
	);
	if (rows.length === 0) return [];
	const titles = [
		{ title: "TABLE" },
		{ title: "JOB" },
		{ title: "ROWS READ", align: "right" },
		{ title: "ROWS WRITTEN", align: "right" },
		{ title: "" },
	] as const;
	return ["", renderTable(titles, rows)];
}

/** What went wrong in a job, and where to read on. */
function describeEnd({ job, state, report, why }: RunHistory["jobs"][number]): string[] {
	const quality = describeQuality(report);
	if (state === "succeeded" || state === "quality_failed") return quality;
	const reason = [why, report?.error].filter((text) => text !== undefined && text !== null && text !== "");
	return [
		"",
		chalk.red(`${job} ${state}.`),
		...reason.flatMap((text) => (text ?? "").split("\n")).map((line) => `  ${logLine(line)}`),
		`Its latest log: pipeline-cli logs ${job}`,
		...quality,
	];
}
