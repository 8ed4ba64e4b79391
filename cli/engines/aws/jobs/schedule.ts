import type { ExecutionListItem, ExecutionStatus } from "@aws-sdk/client-sfn";
import { fromExpression } from "../../../../etl/contract/pipeline/eventBridge.ts";
import { nextTime } from "../../../../etl/contract/pipeline/nextTime.ts";
import type { Schedule } from "../../../../etl/contract/pipeline/pipeline.ts";
import { isOfCli } from "../../../../etl/contract/runId.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Outcome } from "../../../common/errors.ts";
import { scheduleText } from "../../../common/scheduleText.ts";
import type { ScheduleStatus } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import { executionsOf, wasSkipped } from "./executions.ts";

const outcomes: Readonly<Record<Exclude<ExecutionStatus, "RUNNING">, "ok" | Outcome>> = {
	SUCCEEDED: "ok",
	FAILED: "failure",
	TIMED_OUT: "timeout",
	ABORTED: "cancelled",
	/** Begins again where it failed. */
	PENDING_REDRIVE: "failure",
};

/** A run that is so much late does not begin any more: nobody knows of a start that took EventBridge more than a minute. */
const lateAfterMs = 15 * 60_000;

/** What EventBridge Scheduler starts, as it was deployed; undefined where runs begin by hand only. */
export async function scheduleStatus(
	clients: Clients,
	{ schedule, stateMachineArn }: PipelineOutputs,
	now = new Date(),
): Promise<ScheduleStatus | undefined> {
	if (schedule === null) return undefined;
	let newest: ExecutionListItem | undefined;
	let last: ExecutionListItem | undefined;
	for await (const one of executionsOf(clients, stateMachineArn)) {
		// Those of the CLI have a run id for a name.
		if (isOfCli(one.name ?? "")) continue;
		newest ??= one;
		if (one.status === "RUNNING" || wasSkipped(one)) continue;
		last = one;
		break;
	}
	const plan = fromExpression(schedule);
	// A rate counts from when the schedule was made, which its executions show.
	const anchor = plan !== undefined && "cron" in plan ? now : newest?.startDate;
	const nextRun = plan === undefined || anchor === undefined ? undefined : nextTime(plan, now, anchor);
	const due = plan === undefined || newest?.startDate === undefined ? undefined : dueAfter(plan, newest.startDate);
	const isLate = due !== undefined && now.getTime() - due.getTime() > lateAfterMs;
	return {
		text: plan === undefined ? `${schedule.expression} (${schedule.timezone})` : scheduleText(plan),
		running: true,
		...(isLate && { late: due.toISOString() }),
		...(nextRun !== undefined && { nextRun: nextRun.toISOString() }),
		...(last?.stopDate !== undefined && { last: { at: last.stopDate.toISOString(), outcome: outcomeOf(last) } }),
	};
}

/** The first time of a schedule behind a run that it started: a start takes some seconds, by which it may seem to be of the time after. */
function dueAfter(plan: Schedule, started: Date): Date | undefined {
	return nextTime(plan, new Date(started.getTime() + 1000), started);
}

function outcomeOf({ status }: ExecutionListItem): string {
	return status === undefined || status === "RUNNING" ? "failure" : outcomes[status];
}
