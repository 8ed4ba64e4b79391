import type { Input } from "@pulumi/pulumi";

/** What is watched; each name is a dimension's value in CloudWatch. */
export interface Watched {
	replicationInstanceId: Input<string>;
	/** Last part of the task's ARN: DMS uses it as dimension, and not the task's name. */
	replicationTaskResourceId: Input<string>;
	deliveryStreamName: Input<string>;
	streamName: Input<string>;
	/** Where changes come through Kinesis, their stream and its delivery. */
	changes?: { streamName: Input<string>; deliveryStreamName: Input<string> } | undefined;
	stateMachineArn: Input<string>;
	/** RDS source, where it is one. */
	rdsIdentifier?: string | undefined;
	/** Seconds that replication may lag. */
	latencySeconds: number;
	/** Free GB below which storage of replication instance and database is low. */
	freeStorageGb: number;
}

export interface Alarm {
	name: string;
	description: string;
	namespace: string;
	metricName: string;
	dimensions: Record<string, Input<string>>;
	statistic: "Average" | "Maximum" | "Minimum" | "Sum";
	comparisonOperator: "GreaterThanThreshold" | "LessThanThreshold";
	threshold: number;
	/** How many periods of five minutes in a row. */
	periods: number;
}

const above = { comparisonOperator: "GreaterThanThreshold", statistic: "Maximum", periods: 3 } as const;

/**
 * The alarms. What sends no data is in order: a task that was never started, a night without clicks.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
 */
export function alarms(watched: Watched): Alarm[] {
	const instance = { ReplicationInstanceIdentifier: watched.replicationInstanceId };
	const task = { ...instance, ReplicationTaskIdentifier: watched.replicationTaskResourceId };
	const free = watched.freeStorageGb * 1_000_000_000;
	const below = { comparisonOperator: "LessThanThreshold", statistic: "Minimum", periods: 1 } as const;
	const list: Alarm[] = [
		{
			...above,
			name: "replication-source-latency",
			description: "DMS lags behind the source's binlog: look at the task's log and the instance's CPU",
			namespace: "AWS/DMS",
			metricName: "CDCLatencySource",
			dimensions: task,
			threshold: watched.latencySeconds,
		},
		{
			...above,
			name: "replication-target-latency",
			description: "DMS is slow in writing the raw zone: look at the task's log and the instance's memory",
			namespace: "AWS/DMS",
			metricName: "CDCLatencyTarget",
			dimensions: task,
			threshold: watched.latencySeconds,
		},
		{
			...below,
			name: "replication-free-storage",
			description: "The replication instance is nearly full: a full disk stops the task; give it more storage",
			namespace: "AWS/DMS",
			metricName: "FreeStorageSpace",
			dimensions: instance,
			threshold: free,
		},
		...flow("clickstream", "Clicks", watched),
		...(watched.changes === undefined ? [] : flow("changes", "Changes", watched.changes)),
		...[
			["failed", "failed", "ExecutionsFailed"] as const,
			["timed-out", "took too long", "ExecutionsTimedOut"] as const,
			["aborted", "was aborted", "ExecutionsAborted"] as const,
		].map(
			([how, said, metricName]): Alarm => ({
				...above,
				name: `runs-${how}`,
				description: `A run of the jobs ${said}: see the state machine's last execution`,
				namespace: "AWS/States",
				metricName,
				dimensions: { StateMachineArn: watched.stateMachineArn },
				statistic: "Sum",
				threshold: 0,
				periods: 1,
			}),
		),
	];
	if (watched.rdsIdentifier !== undefined) {
		list.push({
			...below,
			name: "source-free-storage",
			description: "The source database is nearly full, maybe with binlogs that replication has not read",
			namespace: "AWS/RDS",
			metricName: "FreeStorageSpace",
			dimensions: { DBInstanceIdentifier: watched.rdsIdentifier },
			threshold: free,
		});
	}
	return list;
}

/** Of a stream that Firehose brings to the raw zone. */
function flow(
	name: string,
	what: string,
	of: { streamName: Input<string>; deliveryStreamName: Input<string> },
): Alarm[] {
	return [
		{
			...above,
			name: `${name}-freshness`,
			description: `${what} wait for more than 15 minutes to be delivered by Firehose: look at its log group`,
			namespace: "AWS/Firehose",
			metricName: "DeliveryToS3.DataFreshness",
			dimensions: { DeliveryStreamName: of.deliveryStreamName },
			threshold: 900,
		},
		{
			...above,
			name: `${name}-iterator-age`,
			description: `${what} wait in the stream for more than 15 minutes before they are read`,
			namespace: "AWS/Kinesis",
			metricName: "GetRecords.IteratorAgeMilliseconds",
			dimensions: { StreamName: of.streamName },
			threshold: 900_000,
		},
	];
}
