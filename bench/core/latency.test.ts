import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latencies, quantile } from "./latency.ts";

describe("latencies", () => {
	it("are from a commit until the first look that has it", () => {
		const commits = [
			{ id: 10, at: 0 },
			{ id: 20, at: 1000 },
			{ id: 30, at: 2500 },
		];
		const seen = [
			{ id: 5, at: 100 },
			{ id: 20, at: 2000 },
			{ id: 20, at: 2200 },
			{ id: 35, at: 3000 },
		];
		expect(latencies(commits, seen)).toEqual([2, 1, 0.5]);
	});

	it("are not made up for what was never seen", () => {
		expect(() => latencies([{ id: 2, at: 0 }], [{ id: 1, at: 5 }])).toThrow("change 2 was never seen");
	});
});

it("quantile: that part of the values is not above it, and not all that are less would do", () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer(), { minLength: 1 }),
			fc.double({ min: 0.01, max: 1, noNaN: true }),
			(values, q) => {
				const found = quantile(values, q);
				expect(values).toContain(found);
				expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(q * values.length);
				expect(values.filter((value) => value < found).length).toBeLessThan(q * values.length);
			},
		),
	);
	expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
	expect(() => quantile([], 0.5)).toThrow("nothing was measured");
});
