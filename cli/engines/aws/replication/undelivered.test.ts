import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeliveryMetrics, metricLookBackMs, metricPeriodMs, type Point, undelivered } from "./undelivered.ts";

const minute = metricPeriodMs;
const stop = 100 * minute + 30_000;
/** Points by the minutes of their time after the minute of the stop. */
const points = (values: Record<number, number>): Point[] =>
	Object.entries(values).map(([at, value]) => ({ time: new Date(100 * minute + Number(at) * minute), value }));
const judge = (metrics: Partial<DeliveryMetrics>, minutes = 4) =>
	undelivered({ age: [], behind: [], read: [], ...metrics }, new Date(stop), new Date(100 * minute + minutes * minute));

describe("what was sent before the stop", () => {
	it("is delivered where Firehose read up to it, and has nothing that came in until then", () => {
		expect(
			judge({ behind: points({ 1: 0, 2: 0 }), age: points({ 2: 0 }), read: points({ "-1": 40 }) }),
		).toBeUndefined();
	});

	it.each<[string, Partial<DeliveryMetrics>, string]>([
		["not read yet", { behind: points({ 2: 900 }), age: points({ 2: 0 }) }, "Firehose is 900 s behind the stream"],
		["read, and not written", { behind: points({ 1: 0 }), age: points({ 3: 400 }) }, "Firehose is 400 s behind"],
		[
			"what the newest point is too old for",
			{ behind: points({ 1: 0 }), age: points({ "-1": 170 }) },
			"Firehose is 170 s behind",
		],
		[
			"read after the stop, since when there is no point",
			{ behind: points({ 1: 0 }), age: points({ 1: 0 }) },
			"until Firehose reports",
		],
		[
			"read lately, without a point of its age",
			{ behind: points({ 1: 0 }), read: points({ 0: 3 }) },
			"until Firehose reports",
		],
		["read lately, without another point", { read: points({ "-3": 3 }) }, "until Firehose reports"],
		["unknown since the stop", { behind: points({ "-1": 0 }) }, "until Firehose reports"],
	])("is not, where it is %s", (_, metrics, why) => {
		expect(judge(metrics)).toContain(why);
	});

	it("is not within three minutes, in which CloudWatch may not know of it yet", () => {
		expect(judge({}, 3)).toBe("at least 30 s");
	});

	it("is delivered where nothing went through and nothing was reported for the whole look-back", () => {
		expect(judge({})).toBeUndefined();
		expect(judge({ behind: points({ 1: 0 }) })).toBeUndefined();
		expect(judge({ age: points({ 13: 0 }) }, 15)).toBeUndefined();
	});
});

/** Seconds after a moment. */
const seconds = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });

it("is never taken for delivered before it is, however late Firehose and CloudWatch are", () => {
	const record = fc.record({ sent: seconds(600), readAfter: seconds(400), writtenAfter: seconds(400) });
	fc.assert(
		fc.property(
			fc.array(record, { maxLength: 8 }),
			seconds(90),
			fc.boolean(),
			fc.boolean(),
			(sent, late, silent, ofNow) => {
				const records = sent.map(({ sent: at, readAfter, writtenAfter }) => ({
					...{ sent: at, read: at + readAfter, written: at + readAfter + writtenAfter },
				}));
				// A stream is read in its order.
				records.sort((a, b) => a.sent - b.sent);
				for (const [index, one] of records.entries()) {
					const shift = Math.max(0, (records[index - 1]?.read ?? 0) - one.read);
					one.read += shift;
					one.written += shift;
				}
				const stoppedAt = Math.max(0, ...records.map((one) => one.sent));
				const end = Math.max(stoppedAt, ...records.map((one) => one.written));
				for (let now = stoppedAt + 180; now < end; now += 37) {
					const metrics = reported(records, now, { late, silent, ofNow });
					const age = now - metricLookBackMs / 1000;
					const seen = (all: Point[]) => all.filter(({ time }) => time.getTime() / 1000 >= age);
					const of = { age: seen(metrics.age), behind: seen(metrics.behind), read: seen(metrics.read) };
					expect(undelivered(of, new Date(stoppedAt * 1000), new Date(now * 1000))).toBeTypeOf("string");
				}
			},
		),
	);
});

/**
 * What CloudWatch knows at a moment, of samples once in five seconds. Firehose may report no age of an idle stream, and count how far
 * it is behind from the newest record or from now.
 */
function reported(
	records: readonly { sent: number; read: number; written: number }[],
	now: number,
	{ late, silent, ofNow }: { late: number; silent: boolean; ofNow: boolean },
): { age: Point[]; behind: Point[]; read: Point[] } {
	const known = { age: [] as Point[], behind: [] as Point[], read: [] as Point[] };
	for (let begin = -600; begin + 60 + late <= now; begin += 60) {
		const samples = Array.from({ length: 12 }, (_, index) => begin + index * 5 + 2);
		const ages = samples.flatMap((at) => {
			const held = records.filter((one) => one.read <= at && one.written > at);
			return held.length === 0 ? (silent ? [] : [0]) : [at - Math.min(...held.map((one) => one.read))];
		});
		const behind = samples.map((at) => {
			const unread = records.filter((one) => one.sent <= at && one.read > at);
			if (unread.length === 0) return 0;
			const newest = Math.max(...unread.map((one) => one.sent));
			return (ofNow ? at : newest) - Math.min(...unread.map((one) => one.sent)) + 1;
		});
		const read = records.filter((one) => one.read >= begin && one.read < begin + 60).length;
		const time = new Date(begin * 1000);
		if (ages.length > 0) known.age.push({ time, value: Math.max(...ages) });
		known.behind.push({ time, value: Math.max(...behind) });
		if (read > 0) known.read.push({ time, value: read });
	}
	return known;
}
