import type { Schedule } from "../../../etl/contract/pipeline/pipeline.ts";
import { messageOf, PipelineError, RunGoing } from "../../common/errors.ts";
import { scheduleText } from "../../common/scheduleText.ts";
import type { Context, ScheduleBoard, ScheduledEnd, ScheduleOptions, Stack } from "../../engines/port.ts";
import { type EtlOptions, type EtlResult, runEtl } from "../etl/runEtl.ts";
import { type Clock, repeat, systemClock } from "./repeat.ts";

/** Where neither the command nor the definition says how often. */
export const usualSchedule: Schedule = { everySeconds: 300 };

export interface ScheduledRuns extends ScheduleOptions {
	/** Jobs to run; none means all. */
	jobs?: readonly string[];
	/** Of each run. */
	etl?: Pick<EtlOptions, "from" | "select">;
	/** Before each run: starts again what has died. */
	prepare?: () => Promise<void>;
	onEnd: (ended: { result: EtlResult } | { error: PipelineError }) => Promise<void>;
}

/**
 * Runs the jobs by the schedule until the signal is aborted. What goes wrong is shown on the board and reported, and the next run
 * comes at its time.
 */
export async function runSchedule(
	stack: Stack,
	runs: ScheduledRuns,
	board: ScheduleBoard,
	context: Context,
	clock: Clock = systemClock,
): Promise<void> {
	const { everySeconds } = runs;
	let good: Schedule = everySeconds === undefined ? usualSchedule : { everySeconds };
	const schedule = async (): Promise<Schedule> => {
		if (everySeconds !== undefined) return good;
		try {
			good = (await stack.definition()).pipeline.schedule ?? usualSchedule;
		} catch (error) {
			// The next run reports the mistake; until it is fixed the schedule stays.
			if (!(error instanceof PipelineError)) throw error;
		}
		return good;
	};
	const hasRun = (await (await stack.jobs()).lastRun()) !== undefined;
	await repeat(
		{
			schedule,
			// At its time of day a run may be dear to somebody. A lake without any run is of no use to anybody.
			waits: "cron" in (await schedule()) && hasRun,
			run: async () => {
				const last = await oneRun(stack, runs, context, clock);
				if (last !== undefined) await board.show({ last });
			},
			onNext: (at, by) => board.show({ text: scheduleText(by), nextRun: at?.toISOString() }),
		},
		context.signal,
		clock,
	);
}

/** @returns undefined where a run by hand was going, which does the same. */
async function oneRun(
	stack: Stack,
	{ jobs = [], etl = {}, prepare, onEnd }: ScheduledRuns,
	context: Context,
	clock: Clock,
): Promise<ScheduledEnd | undefined> {
	const at = (): string => clock.now().toISOString();
	try {
		await prepare?.();
		const result = await runEtl(stack, jobs, context, { ...etl, scheduled: true, check: true });
		await onEnd({ result });
		return { at: at(), outcome: result.outcome ?? "ok" };
	} catch (error) {
		context.signal.throwIfAborted();
		const known = error instanceof PipelineError ? error : unknownFault(error);
		if (known instanceof RunGoing) {
			context.reporter.note(`Skipped a run: ${known.text.what}`);
			return undefined;
		}
		await onEnd({ error: known });
		return { at: at(), outcome: known.outcome, fault: known.text };
	}
}

/** A fault of our own ends one run and not the schedule: the next may succeed, and the user must see it until then. */
function unknownFault(error: unknown): PipelineError {
	const text = { what: "The run ended unexpectedly.", why: messageOf(error), next: "pipeline-cli run-etl" };
	return new PipelineError("failure", text, { cause: error });
}
