import { jobs as allJobs, type JobDefinition, jobWaves } from "../../etl/jobs.ts";
import type { CatalogTable, Context, JobRun, JobSession, Stack } from "../engines/port.ts";
import { type Outcome, PipelineError } from "../errors.ts";

export interface SkippedJob {
	job: string;
	state: "skipped";
	/** The job it waits for, which failed. */
	because: string;
}

export interface EtlResult {
	runId: string;
	jobs: (JobRun | SkippedJob)[];
	/** Whether any job found anything to process. */
	anythingNew: boolean;
	seconds: number;
	/** Absent where the catalog was left alone, because a job failed. */
	catalog?: { database: string; tables: CatalogTable[]; removed: string[] };
	outcome?: Outcome;
}

/**
 * Runs jobs in the order of etl/jobs.ts, those that do not wait for each other side by side, then the crawl. A failed job
 * skips the jobs behind it.
 * @param names jobs to run; none means all.
 * @throws PipelineError for an unknown name, or where another run is going.
 */
export async function runEtl(stack: Stack, names: readonly string[], context: Context): Promise<EtlResult> {
	const chosen = chooseJobs(names);
	const startedAt = Date.now();
	const session = await (await stack.jobs()).open(context);
	const finished: EtlResult["jobs"] = [];
	try {
		for (const wave of jobWaves(chosen)) {
			context.signal.throwIfAborted();
			finished.push(...(await Promise.all(wave.map((job) => runUnlessBlocked(session, job, finished, context)))));
		}
	} finally {
		await session.close();
	}
	context.signal.throwIfAborted();
	const outcome = outcomeOf(finished);
	const result: EtlResult = {
		runId: session.runId,
		jobs: finished,
		anythingNew: finished.some((run) => "report" in run && run.report !== undefined && run.report.rows_read > 0),
		seconds: 0,
		...(outcome === undefined ? {} : { outcome }),
	};
	if (outcome !== "failure") {
		const crawlers = await stack.crawlers();
		result.catalog = await context.reporter.task("Crawl", () => crawlers.crawl(context));
	}
	result.seconds = (Date.now() - startedAt) / 1000;
	return result;
}

async function runUnlessBlocked(
	session: JobSession,
	job: JobDefinition,
	finished: readonly (JobRun | SkippedJob)[],
	context: Context,
): Promise<JobRun | SkippedJob> {
	const because = job.after.find((name) =>
		finished.some((run) => run.job === name && run.state !== "succeeded" && run.state !== "quality_failed"),
	);
	if (because !== undefined) return { job: job.name, state: "skipped", because };
	return context.reporter.task(`Job ${job.name}`, async (update) => {
		const run = await session.run(job, context);
		update(describe(run));
		return run;
	});
}

function describe(run: JobRun): string {
	if (run.report === undefined || run.state === "failed") return run.state;
	const { rows_read: read, rows_written: written } = run.report;
	const rows = read === 0 && written === 0 ? "nothing new" : `${read} rows read, ${written} written`;
	return run.state === "succeeded" ? rows : `${run.state}, ${rows}`;
}

function chooseJobs(names: readonly string[]): JobDefinition[] {
	const unknown = names.filter((name) => !allJobs.some((job) => job.name === name));
	if (unknown.length > 0) {
		throw new PipelineError("usage", {
			what: `There is no job ${unknown.join(", ")}.`,
			fix: `The jobs are ${allJobs.map((job) => job.name).join(", ")}.`,
			next: "pipeline-cli run-etl --help",
		});
	}
	return allJobs.filter((job) => names.length === 0 || names.includes(job.name));
}

function outcomeOf(runs: EtlResult["jobs"]): Outcome | undefined {
	if (runs.some((run) => run.state === "failed" || run.state === "stopped")) return "failure";
	if (runs.some((run) => run.state === "timeout")) return "timeout";
	return runs.some((run) => run.state === "quality_failed") ? "dataQuality" : undefined;
}
