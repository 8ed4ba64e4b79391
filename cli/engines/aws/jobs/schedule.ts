import type { ExecutionListItem, ExecutionStatus } from "@aws-sdk/client-sfn";
import { fromExpression } from "../../../../etl/contract/pipeline/eventBridge.ts";
import { nextTime } from "../../../../etl/contract/pipeline/nextTime.ts";
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
	return {
		text: plan === undefined ? `${schedule.expression} (${schedule.timezone})` : scheduleText(plan),
		running: true,
		...(nextRun !== undefined && { nextRun: nextRun.toISOString() }),
		...(last?.stopDate !== undefined && { last: { at: last.stopDate.toISOString(), outcome: outcomeOf(last) } }),
	};
}

function outcomeOf({ status }: ExecutionListItem): string {
	return status === undefined || status === "RUNNING" ? "failure" : outcomes[status];
}
