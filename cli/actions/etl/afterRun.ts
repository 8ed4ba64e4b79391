import { RunGoing } from "../../common/errors.ts";
import type { Context, LakeFinding, Stack } from "../../engines/port.ts";
import type { Reported } from "./reportedTables.ts";

/** The part of a run's time that the check behind it may take, and the least that it gets, in milliseconds. */
const share = 0.05;
const leastMs = 200;

/** Jobs whose reports name change logs that they wrote, and current tables. */
const jobsOfLogs = ["process-load", "process-cdc"];
const jobsOfCurrent = ["apply-changes"];

/**
 * A cheap look at what a run has left.
 * @param ranMs how long the run took.
 * @returns what is not as it should be; undefined where nobody could look: on AWS, where the jobs do so themselves, or since
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
	const written = (jobs: readonly string[]): Set<string> =>
		new Set(
			runs.flatMap(({ job, report }) =>
				jobs.includes(job) ? (report?.tables ?? []).map(({ schema, table }) => `${schema}.${table}`) : [],
			),
		);
	const touched = { logs: written([...jobsOfLogs, ...jobsOfCurrent]), current: written(jobsOfCurrent) };
	const withinMs = Math.max(leastMs, share * ranMs);
	try {
		const jobs = await stack.jobs();
		return await jobs.alone(context, async () => lake?.afterRun(touched, withinMs, context));
	} catch (error) {
		if (error instanceof RunGoing) return undefined;
		throw error;
	}
}
