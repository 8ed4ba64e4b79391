import { RunGoing } from "../../common/errors.ts";
import type { Context, LakeFinding, Stack } from "../../engines/port.ts";
import type { Reported } from "./reportedTables.ts";

/** The part of a run's time that the check behind it may take, and the least that it gets, in milliseconds. */
const share = 0.05;
const leastMs = 200;

/** Jobs whose reports name tables of the source. */
const jobsOfSource = ["process-load", "process-cdc", "apply-changes"];

/**
 * A cheap look at what a run has left.
 * @param ranMs how long the run took.
 * @returns what is not as it should be; undefined where nobody could look: on AWS, where each table is asked instead, or since
 * another run has begun, which will look.
 */
export async function checkAfterRun(
	stack: Stack,
	runs: Reported,
	ranMs: number,
	context: Context,
): Promise<LakeFinding[] | undefined> {
	if (stack.engine !== "local") return undefined;
	const { lake } = await stack.comparison();
	const touched = runs.flatMap(({ job, report }) => (jobsOfSource.includes(job) ? (report?.tables ?? []) : []));
	const names = new Set(touched.map(({ schema, table }) => `${schema}.${table}`));
	const withinMs = Math.max(leastMs, share * ranMs);
	try {
		const jobs = await stack.jobs();
		return await jobs.alone(context, async () => lake?.afterRun(names, withinMs, context));
	} catch (error) {
		if (error instanceof RunGoing) return undefined;
		throw error;
	}
}
