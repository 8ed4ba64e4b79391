import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { type LogLine, lastLines } from "../client/cloudWatchLogs.ts";

/**
 * The last lines of a run's driver, from the stack's log groups: Spark's own log has the failure, and before Spark has
 * started only the other one has lines. Glue's manual names the driver's stream in two ways.
 * https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
 */
export async function driverLines(
	client: CloudWatchLogsClient,
	{ error, output }: PipelineOutputs["jobLogGroups"],
	runId: string,
	count: number,
): Promise<LogLine[]> {
	for (const group of [error, output]) {
		for (const stream of [runId, `${runId}-driver`]) {
			const lines = await lastLines(client, group, stream, count);
			if (lines !== undefined && lines.length > 0) return lines;
		}
	}
	return [];
}

/** Where the console is, by the beginning of the region's name; elsewhere it is Amazon's own. */
const consoles = { "cn-": "amazonaws.cn", "us-gov-": "amazonaws-us-gov.com" } as const;

/** The run in the console, with all of its logs. */
export function runLink(region: string, job: string, id: string): string {
	const domain = Object.entries(consoles).find(([start]) => region.startsWith(start))?.[1] ?? "aws.amazon.com";
	return `https://${region}.console.${domain}/gluestudio/home?region=${region}#/job/${encodeURIComponent(job)}/run/${id}`;
}
