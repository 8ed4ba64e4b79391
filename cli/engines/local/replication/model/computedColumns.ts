import { isSame } from "./rules.ts";
import { tokenize } from "./sqlTokens.ts";

/**
 * Names of generated columns whose values are made from withheld ones, directly or by way of another.
 * @param columns with their expressions, as the server spells them; empty where a column is not generated.
 */
export function computedFrom(
	columns: readonly { name: string; generated: string }[],
	withheld: readonly string[],
): string[] {
	const computed: string[] = [];
	const generated = columns
		.filter((column) => column.generated !== "" && !withheld.some((one) => isSame(one, column.name)))
		.map((column) => ({ ...column, names: namesIn(column.generated) }));
	for (let found = true; found; ) {
		found = false;
		for (const { name, names } of generated) {
			if (computed.includes(name)) continue;
			if (!names.some((one) => [...withheld, ...computed].some((other) => isSame(one, other)))) continue;
			computed.push(name);
			found = true;
		}
	}
	return computed;
}

/** What may be a column in an expression. That a function has the name of one costs a column at most. */
function namesIn(expression: string): string[] {
	return tokenize(expression)
		.filter(({ kind, doubleQuoted }) => kind === "name" || kind === "word" || doubleQuoted === true)
		.map(({ text }) => text);
}
