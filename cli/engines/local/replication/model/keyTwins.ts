/** Two values of a key that the source tells apart are one text in the lake, so that two rows would be one. */
export class KeyTwinError extends Error {
	constructor(column: string) {
		super(
			`its key column ${column} has a value that reads like another one (an ENUM's error value or a SET of the empty member, bytes without a character, or a second code of one), so that rows would be taken for one; correct such values at the source, then reload the table`,
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
