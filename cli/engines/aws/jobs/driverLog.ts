import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { JobRun as GlueRun } from "@aws-sdk/client-glue";
import { type LogLine, lastLines } from "../cloudWatchLogs.ts";

/**
 * The last lines of a run's driver. With a security configuration the groups' names end in it, and which of the groups has the
 * lines depends on the Glue version; the first that has any is taken.
 * https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
 */
export async function driverLines(client: CloudWatchLogsClient, run: GlueRun, count: number): Promise<LogLine[]> {
	const id = run.Id ?? "";
	for (const [group, stream] of places(run, id)) {
		const lines = await lastLines(client, group, stream, count);
		if (lines !== undefined && lines.length > 0) return lines;
	}
	return [];
}

function places(run: GlueRun, id: string): [group: string, stream: string][] {
	const base = (run.LogGroupName ?? "/aws-glue/jobs").replace(/\/$/, "");
	const suffix = run.SecurityConfiguration === undefined ? "" : `-${run.SecurityConfiguration}`;
	return [
		[`${base}/error`, id],
		[`/aws-glue/jobs/logs-v2${suffix}`, `${id}-driver`],
		[`${base}/logs-v2`, `${id}-driver`],
		[`${base}/output`, id],
	];
}

/** The run in the console, with all of its logs. */
export function runLink(region: string, job: string, id: string): string {
	return `https://${region}.console.aws.amazon.com/gluestudio/home?region=${region}#/job/${encodeURIComponent(job)}/run/${id}`;
}
