/** What is made of measured times. */

/** @throws where there is none. */
export function minimum(values: readonly number[]): number {
	if (values.length === 0) throw new Error("nothing was measured");
	return Math.min(...values);
}

/** @throws where there is none. */
export function median(values: readonly number[]): number {
	if (values.length === 0) throw new Error("nothing was measured");
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] as number;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** How many times as fast as a peer: above 1 we are faster. `median` is of the rounds, in which both met the same machine. */
export interface Ratio {
	minimum: number;
	median: number;
}

/**
 * @param ours seconds, one a round.
 * @param peer the peer's seconds in the same rounds.
 */
export function ratioTo(ours: readonly number[], peer: readonly number[]): Ratio {
	if (ours.length !== peer.length) throw new Error(`${ours.length} rounds of ours and ${peer.length} of the peer`);
	return {
		minimum: minimum(peer) / minimum(ours),
		median: median(peer.map((seconds, round) => seconds / (ours[round] as number))),
	};
}

/**
 * How cost grows with size: seconds grow as size to this power (the slope of a line through the logarithms, by least squares).
 * @returns undefined where there are fewer than two sizes.
 */
export function exponent(points: readonly { size: number; seconds: number }[]): number | undefined {
	const logs = points.map(({ size, seconds }) => ({ x: Math.log(size), y: Math.log(seconds) }));
	if (new Set(points.map(({ size }) => size)).size < 2) return undefined;
	const mean = (key: "x" | "y"): number => logs.reduce((sum, point) => sum + point[key], 0) / logs.length;
	const [x, y] = [mean("x"), mean("y")];
	const covariance = logs.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
	return covariance / logs.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}
