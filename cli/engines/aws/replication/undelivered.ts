/** How far CloudWatch is looked back: points come late, and where there is none for so long, nothing happens. */
export const metricLookBackMs = 600_000;

/** Of a data point, whose time is the begin of its period. */
export const metricPeriodMs = 60_000;

/** How long Firehose takes where it is not behind: it buffers for 60 s, after it has read the stream, and writes then. */
const deliveredWithinMs = 180_000;

export interface Point {
	time: Date;
	value: number;
}

/** What Firehose reports of a delivery stream that reads from Kinesis, for the time of the look-back. */
export interface DeliveryMetrics {
	/** Seconds since the oldest record that it still has came in: what it has not read yet is not among them. */
	age: readonly Point[];
	/** Seconds to the end of the stream: AWS counts them from the newest record, or from now. Zero is the end for both. */
	behind: readonly Point[];
	/** Records it read. */
	read: readonly Point[];
}

/**
 * Why Firehose may still have records that were sent before a moment, in a few words; undefined where it has delivered them all.
 *
 * Each record must have come in, of which `behind` tells, and from then on must be delivered, of which `age` tells. A point counts
 * from its own time back: one of before the stop says nothing of what was sent last.
 *
 * Where nothing goes through, Firehose reports no age. Silence counts once it has lasted for the whole look-back.
 */
export function undelivered({ age, behind, read }: DeliveryMetrics, stoppedAt: Date, now: Date): string | undefined {
	const left = deliveredWithinMs - (now.getTime() - stoppedAt.getTime());
	if (left > 0) return `at least ${Math.ceil(left / 1000)} s`;
	const quiet = read.every(({ value }) => value === 0);
	const silentSince = now.getTime() - metricLookBackMs;
	const atEnd = behind.filter(({ value }) => value === 0);
	const readAt = coveredAt(atEnd, stoppedAt.getTime());
	if (readAt === undefined && (behind.length > 0 || !quiet)) {
		const newest = newestOf(behind);
		if (newest === undefined || newest.value === 0) return waiting;
		return `Firehose is ${Math.round(newest.value)} s behind the stream`;
	}
	if (age.length === 0 && quiet) return undefined;
	// Where it never said how far it has read, it has read nothing, and had nothing to read, since the look-back began.
	const cameInBy = Math.max(stoppedAt.getTime(), readAt === undefined ? silentSince : readAt + metricPeriodMs);
	if (coveredAt(age, cameInBy) !== undefined) return undefined;
	const newest = newestOf(age);
	if (newest === undefined || newest.time.getTime() - newest.value * 1000 >= stoppedAt.getTime()) return waiting;
	return `Firehose is ${Math.round(newest.value)} s behind`;
}

const waiting = "until Firehose reports on the time after the stop";

/** The earliest point that covers all until a moment: what it reports in seconds lies after that. */
function coveredAt(points: readonly Point[], moment: number): number | undefined {
	const covering = points.filter(({ time, value }) => time.getTime() - value * 1000 >= moment);
	return covering.length === 0 ? undefined : Math.min(...covering.map(({ time }) => time.getTime()));
}

function newestOf(points: readonly Point[]): Point | undefined {
	return points.reduce<Point | undefined>(
		(best, one) => (best === undefined || one.time > best.time ? one : best),
		undefined,
	);
}
