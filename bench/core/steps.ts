/**
 * Seconds of the steps that a command shows on stderr where nobody sits at a terminal: `  Crawl …` when one begins, and
 * `✓ Crawl 31 tables (1.6 s)` when it has ended.
 */
export function stepsOf(stderr: string): Record<string, number> {
	const begun = new Set<string>();
	const steps: Record<string, number> = {};
	for (const line of stderr.split("\n")) {
		const name = /^ {2}(\S.*) …$/.exec(line)?.[1];
		if (name !== undefined) begun.add(name);
		const done = /^✓ (.*) \((?:(\d+) min )?([\d.]+) (m?s)\)$/.exec(line);
		if (done === null) continue;
		const [, text = "", minutes = "0", amount = "0", unit] = done;
		// The longest: `Job a` is the beginning of `Job a-b`, too.
		const step = [...begun].filter((one) => text.startsWith(one)).sort((a, b) => b.length - a.length)[0] ?? text;
		steps[step] = (steps[step] ?? 0) + Number(minutes) * 60 + Number(amount) / (unit === "ms" ? 1000 : 1);
	}
	return steps;
}
