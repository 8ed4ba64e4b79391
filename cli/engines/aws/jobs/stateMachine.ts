import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { unlessPlanned } from "../../plan.ts";
import type { Clients } from "../clients.ts";

export interface BackgroundRun {
	/** Name of the execution, which its jobs take as their run id. */
	runId: string;
	/** Whether it was going already. */
	joined: boolean;
	/** Command that stops it. */
	stop: string;
}

/** Has the stack's state machine run all jobs in their order, where it does not already. */
export async function startStateMachine(
	clients: Clients,
	{ stateMachineArn: arn }: PipelineOutputs,
	runId: string,
): Promise<BackgroundRun> {
	const sfn = await clients.sfn();
	const { ListExecutionsCommand, StartExecutionCommand } = await import("@aws-sdk/client-sfn");
	const { executions = [] } = await sfn.send(
		new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: "RUNNING", maxResults: 1 }),
	);
	const [going] = executions;
	if (going?.name !== undefined) {
		return { runId: going.name, joined: true, stop: stopCommand(going.executionArn) };
	}
	return unlessPlanned(
		async () => {
			const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: arn, name: runId }));
			return { runId, joined: false, stop: stopCommand(executionArn) };
		},
		{ runId, joined: false, stop: "" },
	);
}

function stopCommand(executionArn: string | undefined): string {
	return `aws stepfunctions stop-execution --execution-arn ${executionArn}`;
}
