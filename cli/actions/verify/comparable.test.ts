import { expect, it } from "vitest";
import { comparable, sameValues } from "./comparable.ts";

it.each([
	["2026-11-28 10:00:00.120000", "2026-11-28 10:00:00.12"],
	["2026-11-28T10:00:00.000Z", "2026-11-28 10:00:00"],
	["2026-11-28 10:00:00.5+00", "2026-11-28 10:00:00.5"],
	["2026-11-28 10:00:00 UTC", "2026-11-28 10:00:00"],
	["1.50", "1.50"],
	["2026-11-28 text", "2026-11-28 text"],
	[16, "16"],
	[null, null],
])("%s is compared as %s", (value, text) => {
	expect(comparable(value)).toBe(text);
});

it("rows are the same in any order, and only in every value", () => {
	expect(
		sameValues(
			[
				["2", "b"],
				["1", null],
			],
			[
				[1, null],
				[2, "b"],
			],
		),
	).toBe(true);
	expect(sameValues([["1", "null"]], [[1, null]])).toBe(false);
	expect(sameValues([["1"], ["1"]], [[1]])).toBe(false);
});
