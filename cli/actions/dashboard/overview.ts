import { jobsToCurrentTables } from "../../../etl/contract/contract.ts";
import type { Overview, Part, ReplicationView, RunView, TableView } from "../../dashboard/data.ts";
import type { Context, Query, RunHistory, Stack } from "../../engines/port.ts";
import { type Failing, failing } from "../etl/failing.ts";
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
	const [replication, history, logs, files, schedule] = await Promise.all([
		part(context, () => replicationView(stack)),
		part(context, async () => (await stack.jobs()).runs(shownRuns)),
		part(context, () => logFacts(tables, now, query, context)),
		part(context, () => lakeFiles(stack, tables)),
		part(context, async () => (await stack.jobs()).schedule()),
	]);
	const facts = logs.ok ? logs.value : [];
	const runs: Part<RunView[]> = history.ok ? { ok: true, value: history.value.map(runView) } : history;
	const { sizes, newestRaw } = files.ok ? files.value : { sizes: undefined, newestRaw: undefined };
	const views: Part<TableView[]> = await part(context, () => tableViews(tables, facts, sizes, query, context));
	const processed = history.ok ? processedAt(history.value) : undefined;
	const asOf = processed ?? newestOf(facts);
	const behind = processed !== undefined && newestRaw !== undefined && newestRaw.toISOString() > processed;
	const failed = history.ok ? await part(context, () => failing(stack, history.value)) : undefined;
	return {
		...(asOf !== undefined && { asOf }),
		behind,
		stale: staleReasons({
			replication,
			failed: failed?.ok === true ? failed.value : undefined,
			unprocessed: behind ? newestRaw : undefined,
		}),
		replication,
		runs,
		...(schedule.ok && schedule.value?.nextRun !== undefined && { nextRun: schedule.value.nextRun }),
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
	failed: Failing | undefined;
	/** The newest file of the raw zone, where it is newer than what is processed. */
	unprocessed: Date | undefined;
}

function staleReasons({ replication, failed, unprocessed }: Freshness): Overview["stale"] {
	const reasons: Overview["stale"] = [];
	if (failed !== undefined) {
		const kept = failed.kind === "rules" ? " Their tables stay as they were before." : "";
		reasons.push({ text: `${failed.what}${kept}` });
	}
	if (unprocessed !== undefined) {
		reasons.push({
			text: "Not all is processed: the newest file of the raw zone is of",
			at: unprocessed.toISOString(),
		});
	}
	if (replication.ok && ["stopped", "failed", "failed-move"].includes(replication.value.state)) {
		reasons.push({ text: `Nothing new arrives: replication is ${replication.value.state}.` });
	}
	return reasons;
}
