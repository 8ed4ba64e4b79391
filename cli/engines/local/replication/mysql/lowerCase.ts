import { inLowerCase, type StoredName } from "../model/storedName.ts";

const [firstSurrogate, lastSurrogate] = [0xd800, 0xdfff];

/** All characters that a name of a schema or table may have: https://dev.mysql.com/doc/refman/8.4/en/identifiers.html */
function letters(): string {
	const codes = Array.from({ length: 0xffff }, (_, at) => at + 1);
	return String.fromCodePoint(...codes.filter((code) => code < firstSurrogate || code > lastSurrogate));
}

/**
 * How a server with lower_case_table_names = 1 stores names: it has its own lower case of some 600 letters, Georgian ones and the İ
 * among them, of an older Unicode than ours.
 * @param ask runs a query with a value.
 */
export async function storedInLowerCase(
	ask: (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>,
): Promise<StoredName> {
	const all = letters();
	// The character set and collation of its names.
	const [row] = await ask("SELECT LOWER(CONVERT(? USING utf8mb3) COLLATE utf8mb3_general_ci) AS lower", [all]);
	const lower = String(row?.lower ?? "");
	if (lower.length !== all.length) throw new Error("the source returned a different number of letters in lower case");
	const different = Array.from(all, (letter, at): [string, string] => [letter, lower.charAt(at)]);
	return inLowerCase(new Map(different.filter(([letter, other]) => letter !== other)));
}
