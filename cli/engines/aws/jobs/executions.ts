import type { ExecutionListItem, ExecutionStatus } from "@aws-sdk/client-sfn";
import type { Clients } from "../client/clients.ts";

/** An execution that was left out beside another one is over that fast; a job takes longer. */
const skippedWithinMs = 10_000;

/**
 * Executions of a state machine, newest first, page by page: while one takes long, the schedule may start any number that are left
 * out.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export async function* executionsOf(
	clients: Clients,
	stateMachineArn: string,
	statusFilter?: ExecutionStatus,
): AsyncGenerator<ExecutionListItem> {
	const { paginateListExecutions } = await import("@aws-sdk/client-sfn");
	const client = await clients.sfn();
	for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn, statusFilter })) {
		yield* executions;
	}
}

/** Those that are going, newest first: the last one works, and the others end by themselves. */
export async function runningExecutions(clients: Clients, stateMachineArn: string): Promise<ExecutionListItem[]> {
	const running: ExecutionListItem[] = [];
	for await (const one of executionsOf(clients, stateMachineArn, "RUNNING")) running.push(one);
	return running;
}

/** Whether an execution ended without a job, since another one was going. */
export function wasSkipped({ status, startDate, stopDate }: ExecutionListItem): boolean {
	if (status !== "SUCCEEDED" || startDate === undefined || stopDate === undefined) return false;
	return stopDate.getTime() - startDate.getTime() < skippedWithinMs;
}
