import { describe, expect, it } from "vitest";
import { bucketName, bucketOf, bucketsBetween, isTime, lastDay, unitOf } from "./times.ts";

const text = (...texts: string[]) => ({ name: "x", kind: "text" as const, texts, cells: [] });

describe("times", () => {
	it.each([
		[["2026-11-20 13:00:00", "2026-11-20 00:00:00"], "hour"],
		[["2026-11-20-13"], "hour"],
		[["2026-11-20 13:00:00.000 UTC"], "hour"],
		[["2026-11-20 00:00:00", "2026-11-21 00:00:00"], "day"],
		[["2026-11-01"], "day"],
		[["2026-11-01", "2026-12-01"], "month"],
		[["2026-11"], "month"],
	] as const)("%j are of the unit %s", (texts, unit) => {
		expect(isTime(text(...texts))).toBe(true);
		expect(unitOf(texts)).toBe(unit);
	});

	it("are not numbers, names or nothing", () => {
		expect(isTime(text("2026"))).toBe(false);
		expect(isTime(text("2026-11-20", "France"))).toBe(false);
		expect(isTime(text())).toBe(false);
	});

	it.each([
		["hour", "2026-12-31 23:15:00", "2026-12-31 23", "31 Dec 23:00", "2027-01-01 00", "2026-12-31"],
		["day", "2026-02-28", "2026-02-28", "28 Feb 2026", "2026-03-01", "2026-02-28"],
		["week", "2026-11-22", "2026-11-16", "16 Nov 2026", "2026-11-23", "2026-11-22"],
		["month", "2026-12-05", "2026-12", "Dec 2026", "2027-01", "2026-12-31"],
		["quarter", "2026-11-05", "2026-Q4", "Q4 2026", "2027-Q1", "2026-12-31"],
		["year", "2026-11-05", "2026", "2026", "2027", "2026-12-31"],
	] as const)("by %s: %s", (unit, time, bucket, name, next, last) => {
		expect(bucketOf(time, unit)).toBe(bucket);
		expect(bucketName(bucket, unit)).toBe(name);
		expect(bucketsBetween(bucket, next, unit, 2)).toEqual([bucket, next]);
		expect(bucketsBetween(bucket, next, unit, 1)).toBeUndefined();
		expect(lastDay(bucket, unit)).toBe(last);
	});
});
