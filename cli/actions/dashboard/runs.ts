import { quarantined } from "../../../etl/contract/report.ts";
import type { RunView } from "../../dashboard/data.ts";
import type { JobReport, RunHistory } from "../../engines/port.ts";

/** A run of the jobs as one thing: how it ended, how long it took, what is wrong. */
export function runView({ runId, running, jobs }: RunHistory): RunView {
	const reports = jobs.flatMap(({ report }) => report ?? []);
	const startedAt = reports.map((report) => report.started_at).sort()[0];
	const finishedAt = reports
		.map((report) => report.finished_at)
		.sort()
		.at(-1);
	return {
		runId,
		state: stateOf(running, jobs),
		...(startedAt !== undefined && { startedAt }),
		...(startedAt !== undefined &&
			finishedAt !== undefined &&
			!running && { seconds: (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 }),
		rowsWritten: reports.reduce((sum, report) => sum + report.rows_written, 0),
		failures: jobs
			.filter(({ state }) => state !== "succeeded")
			.map(({ job, state, report, why }) => ({ job, why: why ?? whyOf(state, report) })),
		rules: reports.flatMap((report) =>
			report.quality.map(({ table, rule, severity, failed_rows }) => ({
				table,
				rule,
				severity,
				failedRows: failed_rows,
			})),
		),
	};
}

function stateOf(running: boolean, jobs: RunHistory["jobs"]): RunView["state"] {
	if (running) return "running";
	// A run without a report ended before its first job had.
	if (jobs.length === 0 || jobs.some(({ state }) => state !== "succeeded" && state !== "quality_failed"))
		return "failed";
	return jobs.some(({ state }) => state === "quality_failed") ? "quality_failed" : "succeeded";
}

function whyOf(state: string, report: JobReport | undefined): string {
	const [line] = report?.error?.split("\n") ?? [];
	if (line !== undefined) return line;
	if (state === "quality_failed") {
		const rules = report?.quality.filter(({ severity }) => severity === "error").length ?? 0;
		const { files, keyless } = quarantined(report ?? { set_aside: [] });
		const found = [
			...(rules > 0 ? [`broken rules: ${rules}`] : []),
			...(files.length > 0 ? [`files that could not be read: ${files.length}`] : []),
			...(keyless.length > 0 ? [`tables with an unknown key: ${keyless.length}`] : []),
		];
		return found.length === 0 ? "bad data" : found.join(", ");
	}
	return state;
}
