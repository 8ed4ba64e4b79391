/** Changes up to and with `id` were there at `at`, in milliseconds of one clock. */
export interface Mark {
	id: number;
	at: number;
}

/**
 * How long each change took from its commit until it was seen.
 * @param commits in the order of their ids: each stands for all ids behind the one before.
 * @param seen in the order of their times; ids may stay, and never fall.
 * @returns seconds, one a commit.
 * @throws where one was never seen.
 */
export function latencies(commits: readonly Mark[], seen: readonly Mark[]): number[] {
	let at = 0;
	return commits.map((commit) => {
		for (let mark = seen[at]; mark !== undefined && mark.id < commit.id; mark = seen[at]) at += 1;
		const mark = seen[at];
		if (mark === undefined) throw new Error(`change ${commit.id} was never seen`);
		return Math.max(0, mark.at - commit.at) / 1000;
	});
}

/** The value that a part `q` of all values does not exceed. @throws where there is none. */
export function quantile(values: readonly number[], q: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
	if (value === undefined) throw new Error("nothing was measured");
	return value;
}
