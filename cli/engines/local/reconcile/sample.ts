import type { SourceAccess } from "../../mysql/access.ts";
import { qualifiedName, quoteName as quoteSource } from "../../mysql/quote.ts";
import { Server } from "../replication/mysql/server.ts";
import { inLakeSql } from "./currentTable.ts";

/** Ranges into which the values of a key are parted. */
const ranges = 1000n;

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
	column: string,
	oneOf: number,
): Promise<Sample | undefined> {
	const server = await Server.connect(access);
	const name = quoteSource(column);
	const [bounds] = await server
		.rows(`SELECT MIN(${name}) AS low, MAX(${name}) AS high FROM ${qualifiedName(table)}`)
		.finally(() => server.close());
	if (bounds === undefined || bounds.low === null) return undefined;
	const chosen = chooseRanges(BigInt(String(bounds.low)), BigInt(String(bounds.high)), oneOf, Math.random);
	const condition = (quoted: string): string =>
		`(${chosen.map(([from, to]) => `${quoted} BETWEEN ${from} AND ${to}`).join(" OR ")})`;
	return { atSource: condition(name), inLake: condition(inLakeSql(column)) };
}

/** Ranges of whole numbers, both ends within; at least one. */
export function chooseRanges(low: bigint, high: bigint, oneOf: number, random: () => number): [bigint, bigint][] {
	const width = (high - low) / ranges + 1n;
	const all: [bigint, bigint][] = [];
	for (let from = low; from <= high; from += width) all.push([from, from + width - 1n]);
	const count = Math.max(1, Math.round(all.length / oneOf));
	const found: [bigint, bigint][] = [];
	while (found.length < count) found.push(...all.splice(Math.floor(random() * all.length), 1));
	return found.sort(([a], [b]) => (a < b ? -1 : 1));
}
