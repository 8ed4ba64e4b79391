import { type JobDefinition, jobWaves } from "../../../etl/definition/jobs.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { type Outcome, PipelineError } from "../../common/errors.ts";
import { counted, grouped } from "../../common/grouped.ts";
import { rulesChanged } from "../../common/rulesChanged.ts";
import { together } from "../../common/together.ts";
import type {
	BackgroundRun,
	CatalogTable,
	Context,
	JobRun,
	JobSession,
	LakeFinding,
	Stack,
} from "../../engines/port.ts";
import { checkAfterRun } from "./afterRun.ts";
import { jobOfModels } from "./chosenModels.ts";
import { withLoads } from "./loads.ts";
import { currentTables, filledTables } from "./reportedTables.ts";
import { type SilentTable, silentTables } from "./silentTables.ts";

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
	/** Tables that do not answer, each with the reason; absent where they were not asked. */
	silent?: SilentTable[];
	/** Parts of the lake that are not as the run should have left them; absent where nobody looked. */
	damaged?: LakeFinding[];
	outcome?: Outcome;
}

export interface EtlOptions {
	/** Leaves out the jobs before this one. */
	from?: string | undefined;
	/** Builds only these models, by dbt's graph operators, and runs no other job. */
	select?: readonly string[] | undefined;
	/** Tables, as schema.table, that may become empty though nobody saw a TRUNCATE, a DROP or a reload. */
	acceptEmpty?: readonly string[] | undefined;
	/** Asks every table of the catalog afterwards whether it can be read. */
	askTables?: boolean;
	/** Looks afterwards whether the lake is as it should be, as far as that is cheap. */
	check?: boolean;
	/** The schedule starts it. */
	scheduled?: boolean;
}

/**
 * Runs jobs in the order of the definition, those that do not wait for each other side by side, then the crawl. A failed job
 * skips the jobs behind it, except one that can do without its tables.
 * @param names jobs to run; none means all.
 * @throws PipelineError for an unknown name, or where another run is going.
 */
export async function runEtl(
	stack: Stack,
	names: readonly string[],
	context: Context,
	options: EtlOptions = {},
): Promise<EtlResult> {
	const chosen = await chosenJobs(stack, names, options);
	await requireRules(stack);
	const jobs = await withLoads(stack, chosen, options.acceptEmpty);
	const startedAt = Date.now();
	const about = { scheduled: options.scheduled === true, ...(names.length > 0 && { chosen: true }) };
	const session = await (await stack.jobs()).open(context, about);
	const finished: EtlResult["jobs"] = [];
	try {
		for (const wave of jobWaves(jobs)) {
			context.signal.throwIfAborted();
			finished.push(
				...(await together(wave, context, (job, inner) => runUnlessBlocked(session, job, finished, inner))),
			);
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
	if (outcome === undefined || outcome === "dataQuality") {
		const crawlers = await stack.crawlers();
		result.catalog = await context.reporter.task("Crawl", (update) => crawlers.crawl(context, update));
	}
	if (options.askTables === true && result.catalog !== undefined) {
		const { datasets } = await stack.definition();
		const expected = currentTables(finished, datasets, result.catalog);
		result.silent = await silentTables(
			await stack.query(),
			result.catalog.tables,
			expected,
			filledTables(finished, datasets, result.catalog),
			context,
		);
		if (result.silent.length > 0) result.outcome ??= "failure";
	}
	// A lake that is as an earlier run left it was looked at then.
	const isSame = finished.every((run) => "report" in run && run.report?.same_as !== undefined);
	if (options.check === true && result.catalog !== undefined && !isSame) {
		const damaged = await checkAfterRun(stack, finished, Date.now() - startedAt, context);
		if (damaged !== undefined) result.damaged = damaged;
		if (damaged !== undefined && damaged.length > 0) result.outcome ??= "failure";
	}
	result.seconds = (Date.now() - startedAt) / 1000;
	return result;
}

/**
 * Starts jobs and leaves them to the cloud, or joins those that are going. What is in the lake is then registered by the
 * state machine where it runs all jobs, and by nobody else.
 * @throws PipelineError where the stack runs jobs only as long as somebody waits, or where some of them wait for each other.
 */
export async function startEtl(
	stack: Stack,
	names: readonly string[],
	context: Context,
	options: Pick<EtlOptions, "from" | "select"> = {},
): Promise<BackgroundRun & { jobs: string[] }> {
	const chosen = await chosenJobs(stack, names, options);
	await requireRules(stack);
	const jobs = await stack.jobs();
	if (jobs.startInBackground === undefined) {
		throw new PipelineError("usage", {
			what: `On the stack ${stack.name}, jobs run only while this command runs.`,
			fix: "Leave out --no-wait.",
			next: "pipeline-cli run-etl",
		});
	}
	return { ...(await jobs.startInBackground(chosen, context)), jobs: chosen.map(({ name }) => name) };
}

/** Nothing is made of values that the definition withholds now. */
async function requireRules(stack: Stack): Promise<void> {
	const changes = await (await stack.replication()).ruleChanges();
	if (changes.length > 0) throw rulesChanged(changes);
}

async function runUnlessBlocked(
	session: JobSession,
	job: JobDefinition,
	finished: readonly (JobRun | SkippedJob)[],
	context: Context,
): Promise<JobRun | SkippedJob> {
	const failed = job.after.filter((name) =>
		finished.some((run) => run.job === name && run.state !== "succeeded" && run.state !== "quality_failed"),
	);
	const because = failed.find((name) => job.inputs?.[name] === undefined);
	if (because !== undefined) return { job: job.name, state: "skipped", because };
	const tables = failed.flatMap((name) => job.inputs?.[name] ?? []);
	const withoutThem = tables.length === 0 ? {} : { forRun: { ...job.forRun, failed_tables: tables.join(",") } };
	return context.reporter.task(
		`Job ${job.name}`,
		async (update) => {
			const run = await session.run({ ...job, ...withoutThem }, context, update);
			update(describe(run));
			return run;
		},
		(run) => run.state === "succeeded",
	);
}

function describe(run: JobRun): string {
	if (run.report === undefined || run.state === "failed")
		return `${run.attached === true ? "joined, " : ""}${run.state}`;
	const { rows_read: read, rows_written: written } = run.report;
	const rows =
		read === 0 && written === 0 ? "nothing new" : `${counted(read, "row")} read, ${grouped(written)} written`;
	const warnings = (run.report.quality ?? []).filter(({ severity }) => severity === "warn").length;
	const warned = warnings === 0 ? "" : `, ${warnings === 1 ? "1 warning" : `${warnings} warnings`}`;
	return `${run.state === "succeeded" ? "" : `${run.state}, `}${rows}${warned}`;
}

/** Jobs of a run by its options. */
export async function chosenJobs(
	stack: Stack,
	names: readonly string[],
	{ from, select }: Pick<EtlOptions, "from" | "select">,
): Promise<JobDefinition[]> {
	const definition = await stack.definition();
	if (select === undefined || select.length === 0) return chooseJobs(definition.jobs, names, from);
	if (names.length === 0 && from === undefined) {
		return jobOfModels(definition.jobs, await stack.models(), select);
	}
	throw new PipelineError("usage", {
		what: "--select selects models and runs only the job that builds them, so it cannot be combined with other jobs.",
		fix: `Leave out either ${names.length > 0 ? "the job names" : "--from"} or --select.`,
		next: "pipeline-cli run-etl --help",
	});
}

/**
 * Jobs of a run.
 * @param allJobs those of the definition.
 * @param names the jobs; none means all.
 * @param from this job, and those that wait for it.
 */
function chooseJobs(allJobs: readonly JobDefinition[], names: readonly string[], from?: string): JobDefinition[] {
	const unknown = [...names, ...(from === undefined ? [] : [from])].filter(
		(name) => !allJobs.some((job) => job.name === name),
	);
	if (unknown.length > 0) {
		throw new PipelineError("usage", {
			what: `There is no job ${unknown.join(", ")}.`,
			fix: didYouMean(
				unknown[0] ?? "",
				allJobs.map((job) => job.name),
				`The jobs are ${allJobs.map((job) => job.name).join(", ")}.`,
			),
			next: "pipeline-cli run-etl --help",
		});
	}
	const behind = new Set(from === undefined ? allJobs.map((job) => job.name) : [from]);
	for (const job of jobWaves(allJobs).flat()) {
		if (job.after.some((name) => behind.has(name))) behind.add(job.name);
	}
	const chosen = allJobs.filter((job) => behind.has(job.name) && (names.length === 0 || names.includes(job.name)));
	if (chosen.length > 0) return chosen;
	throw new PipelineError("usage", {
		what: `No job to run: none of ${names.join(", ")} comes after ${from}.`,
		fix: "Leave out either --from or the job names.",
		next: "pipeline-cli run-etl --help",
	});
}

function outcomeOf(runs: EtlResult["jobs"]): Outcome | undefined {
	if (runs.some((run) => run.state === "failed" || run.state === "stopped")) return "failure";
	if (runs.some((run) => run.state === "timeout")) return "timeout";
	return runs.some((run) => run.state === "quality_failed") ? "dataQuality" : undefined;
}
