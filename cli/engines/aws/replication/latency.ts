import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import type { ReplicationStatus } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import type { Point } from "./undelivered.ts";

/** Seconds of a data point; DMS reports its latency once a minute. */
const period = 60;

/** Minutes that are looked back: a point may come late. */
const lookBack = 10;

/**
 * The newest latency that DMS reported of the task; nothing where it reported none lately. Where CloudWatch or DMS refuses, the
 * reason takes its place: the state of the task matters more.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
 */
export async function taskLatency(
	clients: Clients,
	{ replication }: PipelineOutputs,
): Promise<Pick<ReplicationStatus, "latencySeconds" | "captureSeconds" | "latencyUnknown">> {
	try {
		const { capture, total } = await latencyPoints(clients, { replication });
		const [captured, totalled] = [capture[0]?.value, total[0]?.value];
		return {
			...(totalled === undefined ? {} : { latencySeconds: totalled }),
			...(captured === undefined ? {} : { captureSeconds: captured }),
		};
	} catch (error) {
		if (error instanceof PipelineError && error.outcome === "serviceRefused")
			return { latencyUnknown: error.text.what };
		throw error;
	}
}

/** Seconds of latency that DMS reported of the task in the last minutes, newest first: of reading the source, and of all. */
export async function latencyPoints(
	clients: Clients,
	{ replication }: Pick<PipelineOutputs, "replication">,
): Promise<{ capture: Point[]; total: Point[] }> {
	const dimensions = [
		{ Name: "ReplicationInstanceIdentifier", Value: await instanceName(clients, replication.instanceArn) },
		// CloudWatch knows a task by the last part of its ARN.
		{ Name: "ReplicationTaskIdentifier", Value: replication.taskArn.slice(replication.taskArn.lastIndexOf(":") + 1) },
	];
	const { GetMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
	const { MetricDataResults: results = [] } = await (await clients.cloudWatch()).send(
		new GetMetricDataCommand({
			StartTime: new Date(Date.now() - lookBack * 60_000),
			EndTime: new Date(),
			ScanBy: "TimestampDescending",
			MetricDataQueries: ["CDCLatencySource", "CDCLatencyTarget"].map((MetricName) => ({
				Id: MetricName === "CDCLatencySource" ? "capture" : "total",
				MetricStat: {
					Metric: { Namespace: "AWS/DMS", MetricName, Dimensions: dimensions },
					Period: period,
					Stat: "Maximum",
				},
			})),
		}),
	);
	const of = (id: string): Point[] => {
		const { Timestamps: times = [], Values: values = [] } = results.find(({ Id }) => Id === id) ?? {};
		return values.map((value, index) => ({ time: times[index] ?? new Date(0), value }));
	};
	return { capture: of("capture"), total: of("total") };
}

async function instanceName(clients: Clients, arn: string): Promise<string> {
	const { DescribeReplicationInstancesCommand } = await import("@aws-sdk/client-database-migration-service");
	const { ReplicationInstances: [instance] = [] } = await (await clients.dms()).send(
		new DescribeReplicationInstancesCommand({ Filters: [{ Name: "replication-instance-arn", Values: [arn] }] }),
	);
	return instance?.ReplicationInstanceIdentifier ?? "";
}
