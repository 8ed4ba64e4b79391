import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Clients } from "../client/clients.ts";
import { deliveryMetrics } from "../replication/delivered.ts";
import { latencyPoints } from "../replication/latency.ts";
import { type Point, undelivered } from "../replication/undelivered.ts";

/** Milliseconds between looks at CloudWatch, which has one point a minute. */
const lookMs = 15_000;

/**
 * Whether everything that the source had committed at a moment is in the raw zone, each time it is called. DMS has no position that
 * could be compared with the source's; its latencies say of which time the changes are that it has written.
 */
export function arrivedSince(clients: Clients, deployment: PipelineOutputs, moment: Date): () => Promise<boolean> {
	const stream = deployment.replication.deliveryStreamName;
	let lookedAt = Number.NEGATIVE_INFINITY;
	let sentBy: Date | undefined;
	return async () => {
		if (performance.now() - lookedAt < lookMs) return false;
		lookedAt = performance.now();
		sentBy ??= writtenBy(await latencyPoints(clients, deployment), moment);
		if (sentBy === undefined || stream === null) return sentBy !== undefined;
		const now = new Date();
		return undelivered(await deliveryMetrics(clients, stream, now), sentBy, now) === undefined;
	};
}

/**
 * When DMS had written all changes of before a moment: the end of the first minute whose latencies, at their worst, do not reach
 * back to it. Undefined while there is none.
 * @param points of the minutes in which each latency was reported, in seconds.
 */
export function writtenBy(
	{ capture, total }: { capture: readonly Point[]; total: readonly Point[] },
	moment: Date,
): Date | undefined {
	const captured = new Map(capture.map(({ time, value }) => [time.getTime(), value]));
	const ends = total.flatMap(({ time, value }) => {
		const worst = Math.max(value, captured.get(time.getTime()) ?? Number.POSITIVE_INFINITY);
		return time.getTime() - worst * 1000 >= moment.getTime() ? [time.getTime() + 60_000] : [];
	});
	return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}
