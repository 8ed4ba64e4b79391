/** A name in MySQL's SQL, whatever it holds. */
export function quoteName(name: string): string {
	return `\`${name.replaceAll("`", "``")}\``;
}

/** The name of a table with its schema's. */
export function qualifiedName({ schema, table }: { schema: string; table: string }): string {
	return `${quoteName(schema)}.${quoteName(table)}`;
}

/** A string in MySQL's SQL, whatever it holds, for statements that take no parameters; not with NO_BACKSLASH_ESCAPES. */
export function quoteText(text: string): string {
	return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** An account as GRANT takes it. @param account as CURRENT_USER() says it, with the host that the server matched. */
export function quoteAccount(account: string): string {
	const at = account.lastIndexOf("@");
	return `${quoteText(account.slice(0, at))}@${quoteText(account.slice(at + 1))}`;
}
