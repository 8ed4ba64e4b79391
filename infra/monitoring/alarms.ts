import type { Input } from "@pulumi/pulumi";

/** What is watched; each name is a dimension's value in CloudWatch. */
export interface Watched {
	replicationInstanceId: Input<string>;
	/** Last part of the task's ARN: DMS uses it as dimension, and not the task's name. */
	replicationTaskResourceId: Input<string>;
	/** Stream of the clicks and its delivery; undefined where there are none. */
	clickstream?: { streamName: Input<string>; deliveryStreamName: Input<string> } | undefined;
	/** Where changes come through Kinesis, their stream and its delivery. */
	changes?: { streamName: Input<string>; deliveryStreamName: Input<string> } | undefined;
	stateMachineArn: Input<string>;
	/** RDS source, where it is one. */
	rdsIdentifier?: string | undefined;
	/** Seconds that replication may lag. */
	latencySeconds: number;
	/** Seconds for which DMS gathers changes before it writes a file of them: these it may lag in any case. */
	batchSeconds: number;
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
const below = { comparisonOperator: "LessThanThreshold", statistic: "Minimum", periods: 1 } as const;

/** The alarms. What sends no data is in order: a task that was never started, a night without clicks. */
export function alarms(watched: Watched): Alarm[] {
	return [
		...ofReplication(watched),
		...(watched.clickstream === undefined ? [] : ofStream("clickstream", "Clicks", watched.clickstream)),
		...(watched.changes === undefined ? [] : ofStream("changes", "Changes", watched.changes)),
		...ofRuns(watched),
		...(watched.rdsIdentifier === undefined ? [] : [ofDatabase(watched.rdsIdentifier, watched)]),
	];
}

/** https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html */
function ofReplication(watched: Watched): Alarm[] {
	const instance = { ReplicationInstanceIdentifier: watched.replicationInstanceId };
	const task = { ...instance, ReplicationTaskIdentifier: watched.replicationTaskResourceId };
	const latency = { ...above, namespace: "AWS/DMS", dimensions: task, threshold: watched.latencySeconds };
	return [
		{
			...latency,
			name: "replication-source-latency",
			description: "DMS lags behind the source's binlog. Check the task's log and the instance's CPU.",
			metricName: "CDCLatencySource",
		},
		{
			...latency,
			name: "replication-target-latency",
			description: "DMS writes to the raw zone slowly. Check the task's log and the instance's memory.",
			metricName: "CDCLatencyTarget",
			threshold: watched.latencySeconds + watched.batchSeconds,
		},
		{
			...below,
			name: "replication-free-storage",
			description: "The replication instance's disk is nearly full, and a full disk stops the task. Add storage.",
			namespace: "AWS/DMS",
			metricName: "FreeStorageSpace",
			dimensions: instance,
			threshold: freeBytes(watched),
		},
	];
}

function ofRuns({ stateMachineArn }: Watched): Alarm[] {
	const outcomes = [
		["failed", "failed", "ExecutionsFailed"],
		["timed-out", "took too long", "ExecutionsTimedOut"],
		["aborted", "was aborted", "ExecutionsAborted"],
	] as const;
	return outcomes.map(([outcome, said, metricName]) => ({
		...above,
		name: `runs-${outcome}`,
		description: `A run of the jobs ${said}. Check the state machine's last execution.`,
		namespace: "AWS/States",
		metricName,
		dimensions: { StateMachineArn: stateMachineArn },
		statistic: "Sum",
		threshold: 0,
		periods: 1,
	}));
}

function ofDatabase(identifier: string, watched: Watched): Alarm {
	return {
		...below,
		name: "source-free-storage",
		description: "The source database's disk is nearly full, possibly with binlogs that replication has not read.",
		namespace: "AWS/RDS",
		metricName: "FreeStorageSpace",
		dimensions: { DBInstanceIdentifier: identifier },
		threshold: freeBytes(watched),
	};
}

function freeBytes({ freeStorageGb }: Watched): number {
	return freeStorageGb * 1_000_000_000;
}

/** Of a stream that Firehose brings to the raw zone. */
function ofStream(
	name: string,
	what: string,
	stream: { streamName: Input<string>; deliveryStreamName: Input<string> },
): Alarm[] {
	return [
		{
			...above,
			name: `${name}-freshness`,
			description: `${what} have waited more than 15 minutes for delivery by Firehose. Check its log group.`,
			namespace: "AWS/Firehose",
			metricName: "DeliveryToS3.DataFreshness",
			dimensions: { DeliveryStreamName: stream.deliveryStreamName },
			threshold: 900,
		},
		{
			...above,
			name: `${name}-iterator-age`,
			description: `${what} have waited more than 15 minutes in the stream to be read.`,
			namespace: "AWS/Kinesis",
			metricName: "GetRecords.IteratorAgeMilliseconds",
			dimensions: { StreamName: stream.streamName },
			threshold: 900_000,
		},
	];
}
