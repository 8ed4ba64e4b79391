import { quarantined } from "../../../etl/contract/report.ts";
import { partialFault } from "../../common/partialFault.ts";
import type { RunHistory, Stack } from "../../engines/port.ts";

/** Runs that are looked through for the newest end of each job. */
export const history = 10;

/** A run that failed, until a good one. */
export interface Failing {
	/** Absent where the schedule's run failed before it had one. */
	runId?: string;
	/** `rules`: nothing but broken rules, whose tables are blocked. */
	kind: "failed" | "rules";
	/** One sentence. */
	what: string;
	why?: string;
	next: string;
}

/**
 * What failed last and has not succeeded since, job by job: a good run of one job does not hide that another one failed. A run of
 * the schedule may also fail outside its jobs.
 */
export async function failing(stack: Stack, known?: readonly RunHistory[]): Promise<Failing | undefined> {
	const jobs = await stack.jobs();
	const ended = (known ?? (await jobs.runs(history))).filter(({ running }) => !running);
	const schedule = await jobs.schedule();
	const last = schedule?.last;
	const newest = ended[0];
	if (last?.fault !== undefined && !isLater(newest, last.at)) {
		const { what, why, next = "pipeline-cli run-etl" } = last.fault;
		return { kind: "failed", what: `The last scheduled run failed: ${what}`, ...(why !== undefined && { why }), next };
	}
	if (newest?.jobs.length === 0) {
		const what = `Run ${newest.runId} ended before any of its jobs finished.`;
		return { runId: newest.runId, kind: "failed", what, next: "pipeline-cli run-etl" };
	}
	const seen = new Set<string>();
	for (const { runId, jobs: ends } of ended) {
		const bad = ends.filter(({ job, state }) => !seen.has(job) && state !== "succeeded");
		for (const { job } of ends) seen.add(job);
		const [first] = bad;
		if (first === undefined) continue;
		const onlyRules = bad.every(({ state }) => state === "quality_failed");
		const names = bad.map(({ job }) => job).join(", ");
		const why = first.report?.error?.split("\n")[0] ?? first.why;
		const end = bad.every(({ state }) => state === "stopped") ? "was stopped before it finished" : "failed";
		return {
			runId,
			kind: onlyRules ? "rules" : "failed",
			what: onlyRules ? `Run ${runId} found ${refused(bad)} (${names}).` : `Run ${runId} ${end}: ${names}.`,
			...(why !== undefined && { why }),
			next: `pipeline-cli logs ${first.job}`,
		};
	}
	return undefined;
}

/** As `failing`, for a command whose result does not depend on it: that nobody knows is then a notice, too. */
export async function failingOrUnknown(
	stack: Stack,
): Promise<Pick<Failing, "kind" | "what"> | { kind: "unknown"; what: string } | undefined> {
	try {
		return await failing(stack);
	} catch (error) {
		const fault = partialFault(error);
		if (fault === undefined) throw error;
		return { kind: "unknown", what: fault.message.replaceAll(/\s+/g, " ") };
	}
}

/** What jobs refused: rows that break rules, files that cannot be read, or updates of tables without a key. */
function refused(ends: RunHistory["jobs"]): string {
	const reports = ends.flatMap(({ report }) => (report === undefined ? [] : [report]));
	const aside = reports.map(quarantined);
	const found = [
		...(aside.some(({ files }) => files.length > 0) ? ["files that cannot be read"] : []),
		...(aside.some(({ keyless }) => keyless.length > 0) ? ["updates of tables with an unknown key"] : []),
		...(reports.some(({ quality }) => quality.some(({ severity }) => severity === "error"))
			? ["rows that break rules"]
			: []),
	];
	return found.length === 0 ? "rows that break rules" : found.join(" and ");
}

/** Whether a job of the run ended after a moment. */
function isLater(run: RunHistory | undefined, moment: string): boolean {
	return run?.jobs.some(({ report }) => report !== undefined && report.finished_at > moment) ?? false;
}
