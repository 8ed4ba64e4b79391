/** A name of the sample that was found. `line` counts from 1. */
export interface FoundName {
	line: number;
	name: string;
}

/**
 * Of the sample's names those that no other pipeline has: written with a capital, an underscore or a hyphen within. A word that
 * any shop would use, such as `orders` or `price`, is no proof. In lower case, too, as the catalog has them.
 * @param others names that belong to somebody else as well.
 */
export function ownNames(names: readonly string[], others: readonly string[]): string[] {
	const own = names.filter((name) => /[-_]|[a-z][A-Z]/.test(name));
	const forms = new Set(own.flatMap((name) => [name, name.toLowerCase()]));
	return [...forms].filter((name) => !others.includes(name)).sort();
}

/** Where a text has one of the names, as a whole word. */
export function namesIn(text: string, names: readonly string[]): FoundName[] {
	const escaped = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
	const pattern = new RegExp(`(?<![\\w-])(?:${escaped.join("|")})(?![\\w-])`, "g");
	return [...text.matchAll(pattern)].map((match) => ({
		line: text.slice(0, match.index).split("\n").length,
		name: match[0],
	}));
}
