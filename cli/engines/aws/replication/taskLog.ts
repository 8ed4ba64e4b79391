import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { ReplicationTask } from "@aws-sdk/client-database-migration-service";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { matchingLines } from "../client/cloudWatchLogs.ts";

/** Lines of the log that are shown with a failure. */
const count = 5;

/** Hours before now in which the reason of a failure is looked for. */
const hours = 24;

/** The task's stream in its log group: the last part of the task's ARN is its resource id. */
export function taskLogStream(taskArn: string): string {
	return `dms-task-${taskArn.slice(taskArn.lastIndexOf(":") + 1)}`;
}

/** The newest error lines of the task's log: `2026-11-20T10:00:00 [SOURCE_CAPTURE  ]E:  …`. */
export async function explainingLines(
	client: CloudWatchLogsClient,
	task: ReplicationTask,
	{ replication }: PipelineOutputs,
): Promise<string[]> {
	const since = task.ReplicationTaskStartDate ?? new Date(Date.now() - hours * 3_600_000);
	const where = {
		group: replication.logGroup,
		stream: taskLogStream(replication.taskArn),
		pattern: '"]E:"',
		since,
	};
	try {
		return ((await matchingLines(client, where, count)) ?? []).map(({ text }) => text);
	} catch (error) {
		// The failure itself matters more than that its log can't be read.
		if (error instanceof PipelineError && error.outcome === "serviceRefused") return [error.message];
		throw error;
	}
}
