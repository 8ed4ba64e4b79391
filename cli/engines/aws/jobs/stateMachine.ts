import { newRunId, runIdOfMinute } from "../../../../etl/contract/runId.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { unlessPlanned } from "../../plan.ts";
import type { BackgroundRun } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";
import { runningExecutions } from "./executions.ts";

/**
 * Has the stack's state machine run all jobs in their order, where it does not already. An execution's name is its jobs' run
 * id. It is the minute's: of two who start at the same time, the second gets the first one's execution.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export async function startStateMachine(
	clients: Clients,
	{ stateMachineArn: arn }: PipelineOutputs,
): Promise<BackgroundRun> {
	const sfn = await clients.sfn();
	const { StartExecutionCommand } = await import("@aws-sdk/client-sfn");
	// Of several the oldest one works, as the machine has it.
	const going = (await runningExecutions(clients, arn)).at(-1);
	if (going?.name !== undefined) {
		return { runId: going.name, joined: true, stop: stopCommand(going.executionArn) };
	}
	const start = async (runId: string): Promise<BackgroundRun> => {
		const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: arn, name: runId }));
		return { runId, joined: false, stop: stopCommand(executionArn) };
	};
	const ofThisMinute = runIdOfMinute();
	return unlessPlanned(
		() =>
			start(ofThisMinute).catch((error: unknown) => {
				// One of this minute has ended already.
				if (isAwsError(error, "ExecutionAlreadyExists")) return start(newRunId());
				throw error;
			}),
		{ runId: ofThisMinute, joined: false, stop: "" },
	);
}

function stopCommand(executionArn: string | undefined): string {
	return `aws stepfunctions stop-execution --execution-arn ${executionArn}`;
}
