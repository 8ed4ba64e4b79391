import { dirname, join } from "node:path";
import { lake } from "../../../../etl/contract/contract.ts";
import type { JobReport } from "../../../../etl/contract/report.ts";
import { PipelineError } from "../../../common/errors.ts";
import { makeFolder, namesIn, writeFileAtomic } from "../../../common/fs.ts";
import { readJsonFile } from "../../../common/jsonFile.ts";
import type { RunHistory } from "../../port.ts";
import { reportFile } from "../../shared/jobReport.ts";
import type { LocalPaths } from "../shared/paths.ts";

/** Logs beside those of the jobs: the engine's, and that of the process whose forks the jobs are. */
export const engineLog = "sail.log";
export const hostLog = "host.log";

/**
 * What the jobs of a run came to. One whose report cannot be read has failed, and hides no other; one that began and left none,
 * in a run that is over, was stopped.
 */
export async function jobsOfRun(paths: LocalPaths, runId: string, isRunning: boolean): Promise<RunHistory["jobs"]> {
	const reported = stems(await namesIn(join(paths.processed, lake.runs, runId)), ".json");
	const begun = stems(
		(await namesIn(join(paths.runs, runId))).filter((name) => name !== engineLog && name !== hostLog),
		".log",
	);
	const jobs = [...new Set([...reported, ...(isRunning ? [] : begun)])].sort();
	const found = await Promise.all(jobs.map((job) => endOf(paths, runId, job)));
	return found.flat();
}

async function endOf(paths: LocalPaths, runId: string, job: string): Promise<RunHistory["jobs"]> {
	const { report, damaged } = await readReport(paths, runId, job);
	if (report !== undefined) return [{ job, state: report.state, report }];
	if (damaged !== undefined) return [{ job, state: "failed", why: damaged }];
	return [{ job, state: "stopped", why: "It was stopped or killed before it wrote a report." }];
}

/** A job's report; `damaged` says why one that is there cannot be read. */
export async function readReport(
	paths: LocalPaths,
	runId: string,
	job: string,
): Promise<{ report?: JobReport; damaged?: string }> {
	try {
		const report = await readJsonFile(join(paths.processed, lake.report(runId, job)), reportFile(job));
		return report === undefined ? {} : { report };
	} catch (error) {
		if (!(error instanceof PipelineError)) throw error;
		return { damaged: error.message };
	}
}

/** The report of a job that came to no good one itself, so that its failure is seen until a good run. */
export async function reportFailure(
	paths: LocalPaths,
	place: { runId: string; job: string; startedAt: Date },
	known: JobReport | undefined,
	error: string,
): Promise<JobReport> {
	const { runId, job, startedAt } = place;
	const nothing = { rows_read: 0, rows_written: 0, tables: [], set_aside: [], quality: [] };
	const report: JobReport = {
		...nothing,
		started_at: startedAt.toISOString(),
		...known,
		job,
		run_id: runId,
		state: "failed",
		finished_at: new Date().toISOString(),
		error: [known?.error, error].filter(Boolean).join("\n"),
	};
	await write(paths, report);
	return report;
}

/** The report of a job that was not started, since it would find what it found in an earlier run. */
export async function repeatReport(
	paths: LocalPaths,
	runId: string,
	known: JobReport,
	startedAt: Date,
): Promise<JobReport> {
	const report: JobReport = {
		...known,
		run_id: runId,
		started_at: startedAt.toISOString(),
		finished_at: new Date().toISOString(),
		same_as: known.same_as ?? known.run_id,
	};
	await write(paths, report);
	return report;
}

async function write(paths: LocalPaths, report: JobReport): Promise<void> {
	const path = join(paths.processed, lake.report(report.run_id, report.job));
	await makeFolder(dirname(path));
	await writeFileAtomic(path, JSON.stringify(report));
}

function stems(names: readonly string[], ending: string): string[] {
	return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
}
