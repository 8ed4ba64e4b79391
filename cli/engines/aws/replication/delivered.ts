import type { Context } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import { poll } from "../client/poll.ts";

/** Seconds that Firehose may take: it buffers for 60, after it has read the stream, and writes then. */
const deliveredWithin = 180;

/** Minutes that are looked back for the newest age: a data point may come late. */
const lookBack = 10;

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
	await reporter.task("Wait for changes that Firehose still has", (update) =>
		poll(signal, async () => {
			const left = deliveredWithin - (Date.now() - stoppedAt.getTime()) / 1000;
			if (left > 0) {
				update(`at most ${Math.ceil(left)} s`);
				return undefined;
			}
			const oldest = await oldestAge(clients, deliveryStream);
			if (oldest < deliveredWithin) return true;
			update(`Firehose is ${Math.round(oldest)} s behind`);
			return undefined;
		}),
	);
}

/**
 * Seconds for which the oldest record is there that was not delivered; 0 where Firehose says nothing, since it had nothing lately.
 * https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
 */
async function oldestAge(clients: Clients, deliveryStream: string): Promise<number> {
	const { GetMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
	const { MetricDataResults: [result] = [] } = await (await clients.cloudWatch()).send(
		new GetMetricDataCommand({
			StartTime: new Date(Date.now() - lookBack * 60_000),
			EndTime: new Date(),
			ScanBy: "TimestampDescending",
			MetricDataQueries: [
				{
					Id: "age",
					MetricStat: {
						Metric: {
							Namespace: "AWS/Firehose",
							MetricName: "DeliveryToS3.DataFreshness",
							Dimensions: [{ Name: "DeliveryStreamName", Value: deliveryStream }],
						},
						Period: 60,
						Stat: "Maximum",
					},
				},
			],
		}),
	);
	return result?.Values?.[0] ?? 0;
}
