/** A name in standard SQL, whatever it holds: as DuckDB takes it, and Athena in queries. */
export function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** A string in standard SQL, whatever it holds. */
export function quoteText(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}

/** Paths of files for functions of DuckDB that take patterns: each means one file, whatever its name and its folders' hold. */
export function quoteFiles(paths: readonly string[]): string {
	return `[${paths.map((path) => quoteText(path.replaceAll(/[*?[]/g, "[$&]"))).join(", ")}]`;
}
