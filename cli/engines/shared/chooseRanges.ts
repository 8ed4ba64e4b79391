/** Ranges into which the values of a key are parted. */
const ranges = 1000n;

/** Ranges of whole numbers, both ends within; at least one. */
export function chooseRanges(low: bigint, high: bigint, oneOf: number, random: () => number): [bigint, bigint][] {
	const width = (high - low) / ranges + 1n;
	const all: [bigint, bigint][] = [];
	for (let from = low; from <= high; from += width) all.push([from, from + width - 1n]);
	const count = Math.max(1, Math.round(all.length / oneOf));
	const found: [bigint, bigint][] = [];
	while (found.length < count) found.push(...all.splice(Math.floor(random() * all.length), 1));
	return found.sort(([a], [b]) => (a < b ? -1 : 1));
}
