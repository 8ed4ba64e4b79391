/** How a server keeps the name of a schema or table, and logs it with rows, whatever case a statement writes it in. */
export type StoredName = (name: string) => string;

export const asWritten: StoredName = (name) => name;

/** @param lower letters that have another one in lower case, at the server. */
export function inLowerCase(lower: ReadonlyMap<string, string>): StoredName {
	return (name) => Array.from(name, (letter) => lower.get(letter) ?? letter).join("");
}
