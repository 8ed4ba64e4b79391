/** A row of a table: cells by the names in the table's head, without the backticks around a whole cell. */
export type TableRow = Readonly<Record<string, string>>;

/**
 * The tables of a page that tests read: each below a comment `<!-- test: name -->`.
 * @throws Error for a comment without a table below it, and for a name given twice.
 */
export function testedTables(page: string): ReadonlyMap<string, readonly TableRow[]> {
	const lines = page.split("\n");
	const found = new Map<string, TableRow[]>();
	for (const [index, line] of lines.entries()) {
		const [, name] = /^<!-- test: ([\w-]+) -->$/.exec(line) ?? [];
		if (name === undefined) continue;
		const end = lines.findIndex((other, at) => at > index && !other.startsWith("|"));
		const [head, rule, ...body] = lines.slice(index + 1, end);
		if (head === undefined || !/^[|-]+$/.test(rule ?? "") || body.length === 0) {
			throw new Error(`no table below the comment of ${name}`);
		}
		if (found.has(name)) throw new Error(`two tables are called ${name}`);
		const names = cells(head);
		found.set(
			name,
			body.map(cells).map((row) => Object.fromEntries(names.map((key, at) => [key, row[at] ?? ""]))),
		);
	}
	return found;
}

function cells(line: string): string[] {
	return line
		.slice(1, line.lastIndexOf("|"))
		.split("|")
		.map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1"));
}
