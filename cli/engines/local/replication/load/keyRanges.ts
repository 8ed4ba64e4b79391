import { qualifiedName, quoteName } from "../../../mysql/quote.ts";
import type { TableName } from "../model/tableName.ts";
import type { Server } from "../mysql/server.ts";
import type { TableSchema, TableSize } from "../mysql/tableSchema.ts";

/** Rows that one query reads: those whose first key column is from one value on, and below another. */
export interface KeyRange {
	from?: bigint;
	below?: bigint;
}

/** All rows. */
const whole: KeyRange = {};

/** Bytes of a table, as the server estimates them, for each of its ranges: about a file's. */
const rangeBytes = 32 * 1024 * 1024;
const integer = /^(tiny|small|medium|big)?int/i;

/** Ranges of a table that is large, and whose primary key begins with an integer; of any other, one of all rows. */
export async function keyRanges(
	server: Server,
	name: TableName,
	{ columns, key }: TableSchema,
	size: TableSize,
): Promise<KeyRange[]> {
	const parts = Math.floor(size.bytes / rangeBytes);
	const first = columns.find((column) => column.name === key[0]);
	if (parts < 2 || first === undefined || !integer.test(first.type)) return [whole];
	const column = quoteName(first.name);
	const [ends] = await server.rows(
		`SELECT MIN(${column}) AS least, MAX(${column}) AS most FROM ${qualifiedName(name)}`,
	);
	if (ends === undefined || ends.least === null) return [whole];
	return splitKeys(BigInt(String(ends.least)), BigInt(String(ends.most)), parts);
}

/** Ranges that hold every key once, in order; the first and the last have no end, since no key can be missed then. */
export function splitKeys(least: bigint, most: bigint, parts: number): KeyRange[] {
	const keys = most - least + 1n;
	const count = keys < BigInt(parts) ? keys : BigInt(parts);
	const bounds: bigint[] = [];
	for (let part = 1n; part < count; part += 1n) bounds.push(least + (keys * part) / count);
	return [...bounds, undefined].map((below, index) => {
		const from = bounds[index - 1];
		return { ...(from === undefined ? {} : { from }), ...(below === undefined ? {} : { below }) };
	});
}

/** The condition of a range, with the index that it is read by: no other one may tempt the optimizer. Empty where it has all rows. */
export function rangeSql(keyColumn: string | undefined, { from, below }: KeyRange): string {
	if (keyColumn === undefined || (from === undefined && below === undefined)) return "";
	const column = quoteName(keyColumn);
	const conditions = [
		...(from === undefined ? [] : [`${column} >= ${from}`]),
		...(below === undefined ? [] : [`${column} < ${below}`]),
	];
	return ` FORCE INDEX (PRIMARY) WHERE ${conditions.join(" AND ")}`;
}
