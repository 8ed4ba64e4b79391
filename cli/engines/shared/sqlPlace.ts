/** The line of a statement that an error names, with a mark below the column; both count from 1. */
export function sqlPlace(sql: string, line: number, column: number): string {
	const text = sql.split("\n")[line - 1];
	if (text === undefined) return `line ${line}, column ${column}`;
	// Tabs keep their place, so that the mark stands below its character.
	const before = text.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
	const prefix = `LINE ${line}: `;
	return `${prefix}${text}\n${" ".repeat(prefix.length)}${before}^`;
}

/** Line and column of a character, counted from 1 as databases count. */
export function lineAndColumn(sql: string, position: number): [line: number, column: number] {
	const before = sql.slice(0, position - 1).split("\n");
	return [before.length, (before.at(-1)?.length ?? 0) + 1];
}
