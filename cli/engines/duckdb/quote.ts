/** A name in standard SQL, whatever it holds: as DuckDB takes it, and Athena in queries. */
export function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** A string in standard SQL, whatever it holds. */
export function quoteText(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
