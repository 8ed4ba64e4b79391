import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { isAwsError } from "./awsError.ts";

export interface LogLine {
	/** ISO 8601. */
	time: string;
	text: string;
}

/** The last lines of one stream, oldest first; undefined where there is no such group or stream. */
export async function lastLines(
	client: CloudWatchLogsClient,
	group: string,
	stream: string,
	count: number,
): Promise<LogLine[] | undefined> {
	const { GetLogEventsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
	try {
		const { events = [] } = await client.send(
			new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, limit: count, startFromHead: false }),
		);
		return events.map(line);
	} catch (error) {
		if (isAwsError(error, "ResourceNotFoundException")) return undefined;
		throw error;
	}
}

/**
 * Lines of one stream that match a filter pattern, oldest first, the last `count` of them; undefined where there is no such group.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export async function matchingLines(
	client: CloudWatchLogsClient,
	where: { group: string; stream: string; pattern: string; since: Date },
	count: number,
): Promise<LogLine[] | undefined> {
	const { paginateFilterLogEvents } = await import("@aws-sdk/client-cloudwatch-logs");
	const input = {
		logGroupName: where.group,
		logStreamNames: [where.stream],
		filterPattern: where.pattern,
		startTime: where.since.getTime(),
	};
	const lines: LogLine[] = [];
	try {
		for await (const page of paginateFilterLogEvents({ client }, input)) {
			lines.push(...(page.events ?? []).map(line));
			lines.splice(0, lines.length - count);
		}
		return lines;
	} catch (error) {
		if (isAwsError(error, "ResourceNotFoundException")) return undefined;
		throw error;
	}
}

function line(event: { timestamp?: number | undefined; message?: string | undefined }): LogLine {
	return { time: new Date(event.timestamp ?? 0).toISOString(), text: (event.message ?? "").trimEnd() };
}
