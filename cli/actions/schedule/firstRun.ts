import { isOutcome, type Outcome, PipelineError } from "../../common/errors.ts";
import { poll } from "../../common/poll.ts";
import type { Context, Jobs, ScheduleStatus } from "../../engines/port.ts";

/** How the first run of a stack ended. */
export type FirstRun = "ok" | Outcome;

/**
 * Waits until the schedule's first run has ended, whose tables everything else needs.
 * @param before the schedule's last run when it was started, which is not waited for.
 * @throws the signal's reason; PipelineError where nobody keeps the schedule any more.
 */
export async function waitForFirstRun(
	jobs: Jobs,
	before: ScheduleStatus | undefined,
	context: Context,
): Promise<FirstRun> {
	return context.reporter.task(
		"First run of the jobs",
		async (update) => {
			const ended = await poll({ firstMs: 300, signal: context.signal }, async () => {
				const schedule = await jobs.schedule();
				if (schedule?.last !== undefined && schedule.last.at !== before?.last?.at) return schedule.last;
				if (schedule?.running !== true) throw gone();
				const done = (await jobs.lastRun())?.jobs.map(({ job }) => job) ?? [];
				update(done.length === 0 ? "starting" : `done: ${done.join(", ")}`);
				return undefined;
			});
			if (ended.outcome === "ok") return "ok";
			const outcome = isOutcome(ended.outcome) ? ended.outcome : "failure";
			if (ended.fault !== undefined) throw new PipelineError(outcome, ended.fault);
			update(outcome);
			return outcome;
		},
		(outcome) => outcome === "ok",
	);
}

function gone(): PipelineError {
	return new PipelineError("failure", {
		what: "The schedule ended before its first run finished.",
		why: "Its process no longer exists; it may have been stopped or killed.",
		fix: "Read its log (pipeline-cli logs schedule), then start it again.",
		next: "pipeline-cli up",
	});
}
