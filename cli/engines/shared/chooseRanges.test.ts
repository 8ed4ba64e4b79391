import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseRanges } from "./chooseRanges.ts";

test("ranges lie within the key's, do not overlap, and are about the part that was asked for", () => {
	fc.assert(
		fc.property(
			fc.bigInt(-(2n ** 63n), 2n ** 63n),
			fc.bigInt(0n, 2n ** 64n),
			fc.integer({ min: 2, max: 2000 }),
			fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
			(low, size, oneOf, chance) => {
				const high = low + size;
				const ranges = chooseRanges(low, high, oneOf, () => chance.next().value as number);
				expect(ranges.length).toBeGreaterThan(0);
				for (const [at, [from, to]] of ranges.entries()) {
					expect(from >= low && from <= high && to >= from).toBe(true);
					if (at > 0) expect(from > (ranges[at - 1]?.[1] ?? low)).toBe(true);
				}
				const covered = ranges.reduce((sum, [from, to]) => sum + (to - from + 1n), 0n);
				// At least one range of a thousand; the last one may reach beyond the end.
				expect(Number(covered)).toBeLessThanOrEqual(Number(size + 1n) / oneOf + 2 * Number(size / 1000n + 1n));
			},
		),
	);
});
