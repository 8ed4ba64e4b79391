import { reviveReplication } from "../../actions/schedule/keep.ts";
import { runSchedule } from "../../actions/schedule/runSchedule.ts";
import type { Context, LocalHost, ScheduleOptions, Stack } from "../../engines/port.ts";
import { formatSeconds } from "../../ui/format.ts";

/**
 * Keeps the local stack's schedule in this process, and its replication alive, until the signal is aborted.
 * @param onKept called when it is this process that keeps it, and no other one can.
 */
export async function keepRunning(
	host: LocalHost,
	stack: Stack,
	options: ScheduleOptions,
	context: Context,
	onKept: () => void = () => undefined,
): Promise<void> {
	const { reporter, signal } = context;
	try {
		await host.keepSchedule(options, context, (board) => {
			onKept();
			return runSchedule(
				stack,
				{
					...options,
					prepare: () => reviveReplication(stack, context),
					onEnd: async (ended) => {
						if ("error" in ended) {
							reporter.warn(`The run failed: ${ended.error.message}`);
							return;
						}
						const { runId, outcome, seconds } = ended.result;
						const said = `Run ${runId}: ${outcome ?? "ok"} (${formatSeconds(seconds)})`;
						if (outcome === undefined) reporter.note(said);
						else reporter.warn(said);
					},
				},
				board,
				context,
			);
		});
	} catch (error) {
		if (!signal.aborted) throw error;
	}
}
