import { jobsToCurrentTables } from "../../../etl/contract/contract.ts";
import type { Overview, Part, ReplicationView, RunView, TableView } from "../../dashboard/data.ts";
import type { Context, Query, RunHistory, Stack } from "../../engines/port.ts";
import { changesByHour, type LogFacts, logFacts } from "./changeLogs.ts";
import { part } from "./fault.ts";
import { runView } from "./runs.ts";
import { lakeFiles, type RegisteredTable, tableViews } from "./tableFacts.ts";

/** Runs that are shown. */
const shownRuns = 8;

/** What the page shows of the pipeline itself. */
export async function overviewOf(
	stack: Stack,
	tables: readonly RegisteredTable[],
	query: Query,
	context: Context,
): Promise<Overview> {
	const now = new Date();
	const [replication, history, logs, files, nextRun] = await Promise.all([
		part(context, () => replicationView(stack)),
		part(context, async () => (await stack.jobs()).runs(shownRuns)),
		part(context, () => logFacts(tables, now, query, context)),
		part(context, () => lakeFiles(stack, tables)),
		part(context, async () => (await stack.jobs()).nextRun?.()),
	]);
	const facts = logs.ok ? logs.value : [];
	const runs: Part<RunView[]> = history.ok ? { ok: true, value: history.value.map(runView) } : history;
	const { sizes, newestRaw } = files.ok ? files.value : { sizes: undefined, newestRaw: undefined };
	const views: Part<TableView[]> = await part(context, () => tableViews(tables, facts, sizes, query, context));
	const processed = history.ok ? processedAt(history.value) : undefined;
	const asOf = processed ?? newestOf(facts);
	return {
		...(asOf !== undefined && { asOf }),
		stale: staleReasons({ replication, runs, processed, newestRaw }),
		replication,
		runs,
		...(nextRun.ok && nextRun.value !== undefined && { nextRun: nextRun.value }),
		tables: views,
		changes: changesByHour(facts),
	};
}

async function replicationView(stack: Stack): Promise<ReplicationView> {
	const { state, text, latencySeconds, lastError } = await (await stack.replication()).status();
	return {
		state,
		text,
		...(latencySeconds !== undefined && { latencySeconds }),
		...(lastError !== undefined && { lastError }),
	};
}

/**
 * When the newest run began that took the raw zone into the current tables: all that was there then is in them. Tables that
 * broke a rule are blocked, which is said.
 */
function processedAt(history: readonly RunHistory[]): string | undefined {
	const last = jobsToCurrentTables.at(-1);
	const run = history.find(({ jobs }) =>
		jobs.some(({ job, state }) => job === last && (state === "succeeded" || state === "quality_failed")),
	);
	const starts = run?.jobs.flatMap(({ job, report }) =>
		jobsToCurrentTables.includes(job) && report !== undefined ? [report.started_at] : [],
	);
	return starts?.sort()[0];
}

function newestOf(facts: readonly LogFacts[]): string | undefined {
	return facts
		.flatMap(({ newest }) => newest ?? [])
		.sort()
		.at(-1);
}

interface Freshness {
	replication: Part<ReplicationView>;
	runs: Part<RunView[]>;
	processed: string | undefined;
	newestRaw: Date | undefined;
}

function staleReasons({ replication, runs, processed, newestRaw }: Freshness): Overview["stale"] {
	const reasons: Overview["stale"] = [];
	const last = runs.ok ? runs.value.find(({ state }) => state !== "running") : undefined;
	if (last?.state === "failed") {
		reasons.push({ text: `The last run failed: ${last.failures.map(({ job }) => job).join(", ")}.` });
	}
	if (last?.state === "quality_failed") {
		reasons.push({ text: "The last run found rows that break rules; their tables stay as they were before." });
	}
	if (processed !== undefined && newestRaw !== undefined && newestRaw.toISOString() > processed) {
		reasons.push({ text: "Not all is processed: the newest file of the raw zone is of", at: newestRaw.toISOString() });
	}
	if (replication.ok && ["stopped", "failed", "failed-move"].includes(replication.value.state)) {
		reasons.push({ text: `Nothing new arrives: replication is ${replication.value.state}.` });
	}
	return reasons;
}
