import type { SourceAccess } from "../../mysql/access.ts";
import { qualifiedName, quoteName as quoteSource } from "../../mysql/quote.ts";
import { chooseRanges } from "../../shared/chooseRanges.ts";
import type { ComparedColumn } from "./comparedColumn.ts";
import { ask } from "./reach.ts";

/** Conditions that choose the same rows on both sides. */
export interface Sample {
	atSource: string;
	inLake: string;
}

/**
 * Ranges of a key that hold about one row of so many, chosen at random. Rows that the lake has beyond the source's first and last key
 * are in no sample. @returns undefined where the table is empty.
 */
export async function sampleOf(
	access: SourceAccess,
	table: { schema: string; table: string },
	column: ComparedColumn,
	oneOf: number,
): Promise<Sample | undefined> {
	const name = quoteSource(column.name);
	const [bounds] = await ask(access, (server) =>
		server.rows(`SELECT MIN(${name}) AS low, MAX(${name}) AS high FROM ${qualifiedName(table)}`),
	);
	if (bounds === undefined || bounds.low === null) return undefined;
	const chosen = chooseRanges(BigInt(String(bounds.low)), BigInt(String(bounds.high)), oneOf, Math.random);
	const condition = (quoted: string): string =>
		`(${chosen.map(([from, to]) => `${quoted} BETWEEN ${from} AND ${to}`).join(" OR ")})`;
	return { atSource: condition(name), inLake: condition(column.lakeSql) };
}
