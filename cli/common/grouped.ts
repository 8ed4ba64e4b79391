const inEnglish = new Intl.NumberFormat("en-US");

/** Whole numbers with thin grouping, as every text for a person has them: `12,345`. */
export function grouped(count: number): string {
	return inEnglish.format(count);
}

/** `1 row`, `2,000 rows`. @param plural where it is not made by an s. */
export function counted(count: number, one: string, plural = `${one}s`): string {
	return `${grouped(count)} ${count === 1 ? one : plural}`;
}
