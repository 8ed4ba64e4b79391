/**
 * The names nearest to one that does not exist: those that contain it or differ by few letters, best first.
 * @param count at most so many.
 */
export function nearNames(name: string, names: readonly string[], count = 3): string[] {
	const wanted = name.toLowerCase();
	const limit = Math.max(2, Math.floor(wanted.length / 3));
	return names
		.map((candidate) => {
			const contains = wanted.length >= 3 && (candidate.includes(wanted) || wanted.includes(candidate));
			return { candidate, contains, distance: editDistance(wanted, candidate.toLowerCase()) };
		})
		.filter(({ contains, distance }) => contains || distance <= limit)
		.sort((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
		.slice(0, count)
		.map(({ candidate }) => candidate);
}

/** Levenshtein's distance: the least number of letters inserted, deleted or replaced. */
function editDistance(a: string, b: string): number {
	let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
	for (const [row, letter] of [...a].entries()) {
		const current = [row + 1];
		for (let column = 0; column < b.length; column += 1) {
			const replace = (previous[column] ?? 0) + (letter === b[column] ? 0 : 1);
			current.push(Math.min(replace, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
		}
		previous = current;
	}
	return previous.at(-1) ?? 0;
}
