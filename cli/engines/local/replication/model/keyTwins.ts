/** Two values of a key that the source tells apart are one text in the lake, so that two rows would be one. */
export class KeyTwinError extends Error {
	constructor(column: string) {
		super(
			`its key column ${column} has values that read as the same text (an ENUM's error value, a SET with the empty member, or bytes that encode no character or the same one), so different rows would be merged; correct such values at the source, then reload the table`,
		);
	}
}

/** Indexes of an ENUM's members that read like a later one. Index 0 is that of a value that was not valid, which reads as nothing. */
export function enumTwins(members: readonly string[]): number[] {
	const texts = ["", ...members];
	return [...texts.keys()].filter((index) => texts.indexOf(texts[index] ?? "", index + 1) >= 0);
}

/** The SET that has nothing but the empty member, as its number: it reads like the one that has none. */
export function setTwin(members: readonly string[]): bigint | undefined {
	const empty = members.indexOf("");
	return empty < 0 ? undefined : 1n << BigInt(empty);
}

/** Character sets of which no two texts are the same in another. */
const withoutTwins: ReadonlySet<string> = new Set(["utf8", "utf8mb3", "utf8mb4", "latin1"]);

/** Whether two texts of a character set may be the same in another. */
export function mayHaveTwins(charset: string): boolean {
	return !withoutTwins.has(charset);
}
