import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponent, median, minimum, ratioTo } from "./arithmetic.ts";

describe("of measured times", () => {
	it("takes the middle one, or the mean of the two in the middle", () => {
		expect(median([3, 1, 2])).toBe(2);
		expect(median([4, 1, 3, 2])).toBe(2.5);
		expect(minimum([3, 1, 2])).toBe(1);
		expect(() => median([])).toThrow("nothing was measured");
		expect(() => minimum([])).toThrow("nothing was measured");
	});

	it("is above 1 where we are faster, and compares rounds with their own", () => {
		// A busy moment in the second round hit both alike.
		expect(ratioTo([1, 10, 1], [2, 20, 2])).toEqual({ minimum: 2, median: 2 });
		expect(ratioTo([4, 2, 2], [1, 1, 1])).toEqual({ minimum: 0.5, median: 0.5 });
		expect(() => ratioTo([1], [1, 2])).toThrow("1 rounds of ours and 2 of the peer");
	});

	it("finds the power by which seconds grow", () => {
		const power = fc.double({ min: 0, max: 3, noNaN: true });
		const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 6 });
		fc.assert(
			fc.property(power, sizes, fc.double({ min: 0.001, max: 1000, noNaN: true }), (p, of, factor) => {
				const found = exponent(of.map((size) => ({ size, seconds: factor * size ** p })));
				expect(found).toBeCloseTo(p, 4);
			}),
		);
		expect(exponent([{ size: 5, seconds: 1 }])).toBeUndefined();
		expect(exponent([])).toBeUndefined();
	});
});
