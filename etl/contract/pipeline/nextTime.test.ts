import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextTime } from "./nextTime.ts";

const next = (cron: string, after: string, timezone = "UTC"): string | undefined =>
	nextTime({ cron, timezone }, new Date(after), new Date(0))?.toISOString();

describe("every so often", () => {
	const anchor = new Date("2026-11-28T10:00:07Z");
	const nextAfter = (time: string): string | undefined =>
		nextTime({ everySeconds: 300 }, new Date(time), anchor)?.toISOString();

	it("counts from the anchor, however long a run took", () => {
		expect(nextAfter("2026-11-28T10:00:07Z")).toBe("2026-11-28T10:05:07.000Z");
		expect(nextAfter("2026-11-28T10:04:59Z")).toBe("2026-11-28T10:05:07.000Z");
		expect(nextAfter("2026-11-28T10:05:07Z")).toBe("2026-11-28T10:10:07.000Z");
	});

	it("does not make up for missed times", () => {
		expect(nextAfter("2026-11-28T10:31:00Z")).toBe("2026-11-28T10:35:07.000Z");
	});
});

describe("cron", () => {
	it.each([
		["* * * * *", "2026-11-28T10:00:30Z", "2026-11-28T10:01:00.000Z"],
		["* * * * *", "2026-11-28T10:01:00Z", "2026-11-28T10:02:00.000Z"],
		["*/15 9-17 * * 1,3,5", "2026-11-27T17:45:00Z", "2026-11-30T09:00:00.000Z"],
		["5/20 * * * *", "2026-11-28T10:25:00Z", "2026-11-28T10:45:00.000Z"],
		["0 6 * * MON-FRI", "2026-11-27T06:00:00Z", "2026-11-30T06:00:00.000Z"],
		["0 6 * * 7", "2026-11-27T06:00:00Z", "2026-11-29T06:00:00.000Z"],
		["30 1 1 JAN,JUL *", "2026-11-28T00:00:00Z", "2027-01-01T01:30:00.000Z"],
		["0 0 29 2 *", "2026-11-28T00:00:00Z", "2028-02-29T00:00:00.000Z"],
		["0 0 31 2 *", "2026-11-28T00:00:00Z", undefined],
	])("%s after %s is %s", (cron, after, expected) => {
		expect(next(cron, after)).toBe(expected);
	});

	it("goes by the clocks of its time zone", () => {
		expect(next("0 6 * * *", "2026-07-01T00:00:00Z", "Europe/Berlin")).toBe("2026-07-01T04:00:00.000Z");
		expect(next("0 6 * * *", "2026-12-01T00:00:00Z", "Europe/Berlin")).toBe("2026-12-01T05:00:00.000Z");
		expect(next("30 0 * * *", "2026-12-01T00:00:00Z", "Asia/Kolkata")).toBe("2026-12-01T19:00:00.000Z");
	});

	it("leaves out a time that the clocks skip, and takes one that comes twice once", () => {
		// 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
		expect(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin")).toBe("2026-03-30T00:30:00.000Z");
		expect(next("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
		expect(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin")).toBe("2026-10-26T01:30:00.000Z");
	});

	it("is always later, and never with a matching minute between", () => {
		const field = (max: number) => fc.oneof(fc.constant("*"), fc.integer({ min: 0, max }).map(String));
		const times = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-01-01"), noInvalidDate: true });
		fc.assert(
			fc.property(field(59), field(23), times, (minute, hour, after) => {
				const found = nextTime({ cron: `${minute} ${hour} * * *`, timezone: "UTC" }, after, new Date(0));
				let expected = Math.floor(after.getTime() / 60_000) * 60_000 + 60_000;
				const fits = (time: Date): boolean =>
					(minute === "*" || time.getUTCMinutes() === Number(minute)) &&
					(hour === "*" || time.getUTCHours() === Number(hour));
				while (!fits(new Date(expected))) expected += 60_000;
				expect(found?.getTime()).toBe(expected);
			}),
		);
	});
});
