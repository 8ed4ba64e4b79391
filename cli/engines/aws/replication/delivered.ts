import type { MetricDataResult } from "@aws-sdk/client-cloudwatch";
import type { Context } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import { poll } from "../client/poll.ts";
import { type DeliveryMetrics, metricLookBackMs, metricPeriodMs, type Point, undelivered } from "./undelivered.ts";

/**
 * Waits until Firehose has written all changes that were sent before a moment: what it wrote afterwards would be there again after
 * a purge.
 * @param stoppedAt since when nothing is sent.
 */
export async function delivered(
	clients: Clients,
	deliveryStream: string,
	stoppedAt: Date,
	{ reporter, signal }: Context,
): Promise<void> {
	await reporter.task("Wait for Firehose to deliver the remaining changes", (update) =>
		poll(signal, async () => {
			const now = new Date();
			const why = undelivered(await deliveryMetrics(clients, deliveryStream, now), stoppedAt, now);
			if (why === undefined) return true;
			update(why);
			return undefined;
		}),
	);
}

/** https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
const names: Readonly<Record<keyof DeliveryMetrics, { metric: string; stat: string; factor: number }>> = {
	age: { metric: "DeliveryToS3.DataFreshness", stat: "Maximum", factor: 1 },
	behind: { metric: "KinesisMillisBehindLatest", stat: "Maximum", factor: 1 / 1000 },
	read: { metric: "DataReadFromKinesisStream.Records", stat: "Sum", factor: 1 },
};

/** What Firehose reports of a delivery stream, for the time of the look-back. */
export async function deliveryMetrics(clients: Clients, deliveryStream: string, now: Date): Promise<DeliveryMetrics> {
	const { GetMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
	const { MetricDataResults: results = [] } = await (await clients.cloudWatch()).send(
		new GetMetricDataCommand({
			StartTime: new Date(now.getTime() - metricLookBackMs),
			EndTime: now,
			MetricDataQueries: Object.entries(names).map(([Id, { metric, stat }]) => ({
				Id,
				MetricStat: {
					Metric: {
						Namespace: "AWS/Firehose",
						MetricName: metric,
						Dimensions: [{ Name: "DeliveryStreamName", Value: deliveryStream }],
					},
					Period: metricPeriodMs / 1000,
					Stat: stat,
				},
			})),
		}),
	);
	const of = (id: keyof DeliveryMetrics): Point[] =>
		points(results.find(({ Id }) => Id === id) ?? {}, names[id].factor);
	return { age: of("age"), behind: of("behind"), read: of("read") };
}

function points({ Timestamps: times = [], Values: values = [] }: MetricDataResult, factor: number): Point[] {
	return times.flatMap((time, index) => {
		const value = values[index];
		return value === undefined ? [] : [{ time, value: value * factor }];
	});
}
