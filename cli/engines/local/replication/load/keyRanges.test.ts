import fc from "fast-check";
import { expect, it } from "vitest";
import { cases } from "../../../../../tests/support/cases.ts";
import { rangeSql, splitKeys } from "./keyRanges.ts";

it("ranges have every key once, those of rows that come later too, in order", () => {
	const key = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
	fc.assert(
		fc.property(key, key, fc.integer({ min: 2, max: 50 }), fc.array(key), (a, b, parts, others) => {
			const [least, most] = a < b ? [a, b] : [b, a];
			const ranges = splitKeys(least, most, parts);
			expect(ranges.length).toBeLessThanOrEqual(parts);
			for (const one of [least, most, least - 1n, most + 1n, ...others]) {
				const holding = ranges.filter(
					({ from, below }) => (from ?? one) <= one && (below === undefined || one < below),
				);
				expect(holding).toHaveLength(1);
			}
			for (const [index, range] of ranges.entries()) expect(range.from).toBe(ranges[index - 1]?.below);
		}),
		{ numRuns: cases(300) },
	);
});

it("a range is read by the primary key, all rows are read as the server likes", () => {
	expect(rangeSql("a`b", { from: -5n, below: 18_446_744_073_709_551_615n })).toBe(
		" FORCE INDEX (PRIMARY) WHERE `a``b` >= -5 AND `a``b` < 18446744073709551615",
	);
	expect(rangeSql("id", { below: 7n })).toBe(" FORCE INDEX (PRIMARY) WHERE `id` < 7");
	expect(rangeSql("id", {})).toBe("");
	expect(rangeSql(undefined, {})).toBe("");
});
