import { expect, test } from "vitest";
import { Crashes, errorIn } from "./crashes.ts";

test("the third error at one position is the last", () => {
	const crashes = new Crashes();
	expect([1, 2, 3].map(() => crashes.add("log.1:4", 1, 100))).toEqual([false, false, true]);
});

test("errors at other positions, or after long work, are counted from the start", () => {
	const crashes = new Crashes();
	expect(["log.1:4", "log.1:4", "log.1:9", "log.1:9"].map((place) => crashes.add(place, 1, 100))).toContain(false);
	expect(crashes.times).toBe(2);
	expect(crashes.add("log.1:9", 1, 3_600_000)).toBe(false);
	expect(crashes.times).toBe(1);
});

test("a worker may be killed more often", () => {
	const crashes = new Crashes();
	expect([1, 2, 3, 4, 5].map(() => crashes.add("log.1:4", "SIGKILL", 100))).toEqual([false, false, false, false, true]);
});

test.for([
	[
		'file:///replicator.js:7\n    throw new Error("no")\n          ^\n\nOut.OfError: no\nRangeError [ERR_X]: The value: 7\n    at x (y.js:1)\n\nNode.js v20',
		"RangeError [ERR_X]: The value: 7",
	],
	["Error: Out of Memory Error: failed to allocate\n    at a", "Error: Out of Memory Error: failed to allocate"],
	[
		"<--- GCs --->\nFATAL ERROR: Reached heap limit: heap out of memory\n 1: 0x",
		"FATAL ERROR: Reached heap limit: heap out of memory",
	],
	["out of luck\n", "out of luck"],
	["", ""],
])("the error is found in %j", ([stderr, line]) => {
	expect(errorIn(stderr ?? "")).toBe(line);
});
