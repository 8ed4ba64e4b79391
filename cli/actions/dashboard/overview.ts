import type { Verification } from "../../../etl/contract/pipeline/pipeline.ts";
import type { Overview, Part, ReplicationView, RunView, TableView } from "../../dashboard/data.ts";
import type { Context, Query, ReplicationStatus, Stack } from "../../engines/port.ts";
import { type Failing, failing } from "../etl/failing.ts";
import { troubleOf } from "../replicationTrouble.ts";
import { changesByHour, type LogFacts, logFacts } from "./changeLogs.ts";
import { part } from "./fault.ts";
import { type Processing, processingOf } from "./processing.ts";
import { runView } from "./runs.ts";
import { lakeFiles, type RegisteredTable, tableViews } from "./tableFacts.ts";

/** Runs that are shown. */
const shownRuns = 8;

/** What the page shows of the pipeline itself. */
export async function overviewOf(
	stack: Stack,
	tables: readonly RegisteredTable[],
	verify: Verification | undefined,
	query: Query,
	context: Context,
): Promise<Overview> {
	const now = new Date();
	const [{ replication, trouble }, history, logs, files, schedule] = await Promise.all([
		replicationParts(stack, context),
		part(context, async () => (await stack.jobs()).runs(shownRuns)),
		part(context, () => logFacts(tables, verify, now, query, context)),
		part(context, () => lakeFiles(stack, tables)),
		part(context, async () => (await stack.jobs()).schedule()),
	]);
	const facts = logs.ok ? logs.value : [];
	const runs: Part<RunView[]> = history.ok ? { ok: true, value: history.value.map(runView) } : history;
	const sizes = files.ok ? files.value.sizes : undefined;
	const views: Part<TableView[]> = await part(context, () => tableViews(tables, facts, sizes, query, context));
	const processing = processingOf(history, files);
	const asOf = processing.upTo ?? newestOf(facts);
	const failed = history.ok ? await part(context, () => failing(stack, history.value)) : history;
	return {
		...(asOf !== undefined && { asOf }),
		...(processing.behind !== undefined && { behind: processing.behind }),
		stale: staleReasons({ replication, trouble, failed, processing }),
		replication,
		runs,
		...(schedule.ok && schedule.value?.nextRun !== undefined && { nextRun: schedule.value.nextRun }),
		tables: views,
		changes: changesByHour(facts),
	};
}

/** How it is, and why changes do not arrive. */
async function replicationParts(
	stack: Stack,
	context: Context,
): Promise<{ replication: Part<ReplicationView>; trouble: Part<string | undefined> }> {
	const status = await part(context, async () => (await stack.replication()).status());
	if (!status.ok) return { replication: status, trouble: { ok: true, value: undefined } };
	const trouble = await part(context, () => troubleOf(stack, status.value));
	return { replication: { ok: true, value: viewOf(status.value) }, trouble };
}

function viewOf({ state, text, latencySeconds, lastError }: ReplicationStatus): ReplicationView {
	return {
		state,
		text,
		...(latencySeconds !== undefined && { latencySeconds }),
		...(lastError !== undefined && { lastError }),
	};
}

function newestOf(facts: readonly LogFacts[]): string | undefined {
	return facts
		.flatMap(({ newest }) => newest ?? [])
		.sort()
		.at(-1);
}

interface Freshness {
	replication: Part<ReplicationView>;
	trouble: Part<string | undefined>;
	failed: Part<Failing | undefined>;
	processing: Processing;
}

/** What is wrong, and what is not known: neither looks as if all were well. */
function staleReasons({ replication, trouble, failed, processing }: Freshness): Overview["stale"] {
	const reasons: Overview["stale"] = [];
	if (!failed.ok) reasons.push({ text: `Cannot determine whether a run failed: ${failed.why}` });
	else if (failed.value !== undefined) {
		const kept = failed.value.kind === "rules" ? " Their tables keep their previous state." : "";
		reasons.push({ text: `${failed.value.what}${kept}` });
	}
	if (processing.reason !== undefined) reasons.push(processing.reason);
	if (!replication.ok) reasons.push({ text: `Cannot determine whether new changes arrive: ${replication.why}` });
	else if (replication.value.state === "stopped") {
		reasons.push({ text: "No new changes arrive: replication is stopped." });
	} else if (!trouble.ok) reasons.push({ text: `Cannot determine whether new changes arrive: ${trouble.why}` });
	else if (trouble.value !== undefined) reasons.push({ text: trouble.value });
	return reasons;
}
