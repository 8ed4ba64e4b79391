import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatSeconds, parseDuration } from "./format.ts";

describe("formatSeconds", () => {
	it.each([
		[0.04, "0.0 s"],
		[9.94, "9.9 s"],
		[12.4, "12 s"],
		[185, "3 min 5 s"],
		[119.6, "2 min 0 s"],
		[7260, "2 h 1 min"],
	])("%d seconds are %s", (seconds, text) => {
		expect(formatSeconds(seconds)).toBe(text);
	});
});

describe("formatBytes and formatCount", () => {
	it.each([
		[312, "312 B"],
		[4300, "4.2 KiB"],
		[32 * 1024 * 1024, "32.0 MiB"],
	])("%d bytes are %s", (bytes, text) => {
		expect(formatBytes(bytes)).toBe(text);
	});
	it("groups thousands", () => {
		expect(formatCount(1234567)).toBe("1,234,567");
	});
});

describe("parseDuration", () => {
	it.each([
		["90s", 90],
		["45", 45],
		["30m", 1800],
		["2h", 7200],
		["250ms", 0.25],
		["1.5m", 90],
	])("%s is %d seconds", (text, seconds) => {
		expect(parseDuration(text)).toBe(seconds);
	});
	it.each(["", "abc", "s", "5d", "-3s", "1m30s"])("%j is none", (text) => {
		expect(parseDuration(text)).toBeUndefined();
	});
});
