import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import type { ReplicationStatus } from "../../port.ts";
import type { Clients } from "../client/clients.ts";

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
		const newest = (id: string): number | undefined => results.find(({ Id }) => Id === id)?.Values?.[0];
		const [capture, total] = [newest("capture"), newest("total")];
		return {
			...(total === undefined ? {} : { latencySeconds: total }),
			...(capture === undefined ? {} : { captureSeconds: capture }),
		};
	} catch (error) {
		if (error instanceof PipelineError && error.outcome === "serviceRefused")
			return { latencyUnknown: error.text.what };
		throw error;
	}
}

async function instanceName(clients: Clients, arn: string): Promise<string> {
	const { DescribeReplicationInstancesCommand } = await import("@aws-sdk/client-database-migration-service");
	const { ReplicationInstances: [instance] = [] } = await (await clients.dms()).send(
		new DescribeReplicationInstancesCommand({ Filters: [{ Name: "replication-instance-arn", Values: [arn] }] }),
	);
	return instance?.ReplicationInstanceIdentifier ?? "";
}
