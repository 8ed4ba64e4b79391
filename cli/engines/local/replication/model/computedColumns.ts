import { isSame } from "./rules.ts";

/** A column that may get its values from others. */
interface Computed {
	name: string;
	/** Expression of a generated column, as the server spells it, or empty. */
	generated: string;
	/** Expression of its default. */
	defaultsTo?: string | undefined;
}

/** Names of columns whose values are made from withheld ones, directly or by way of another. */
export function computedFrom(columns: readonly Computed[], withheld: readonly string[]): string[] {
	const computed: string[] = [];
	const candidates = columns.flatMap(({ name, generated, defaultsTo = "" }) =>
		(generated === "" && defaultsTo === "") || withheld.some((one) => isSame(one, name))
			? []
			: [{ name, words: wordsOf(`${generated} ${defaultsTo}`) }],
	);
	for (let found = true; found; ) {
		found = false;
		for (const { name, words } of candidates) {
			if (computed.includes(name)) continue;
			if (![...withheld, ...computed].some((other) => words.includes(wordsOf(other)))) continue;
			computed.push(name);
			found = true;
		}
	}
	return computed;
}

/** ASCII that is neither a letter, a digit, `_` nor `$`; and what MySQL makes of control characters. */
const between = /(?:\\[0nrtZ]|[\0- !-#%-/:-@[-^`{-\x7f])+/g;

/**
 * The words of a name or an expression. Nobody can say where a text begins and ends in an expression: MySQL spells it with its quotes
 * escaped, MariaDB without any where it is set so. That a text or a function has the name of a column costs a column at most.
 */
function wordsOf(spelled: string): string {
	return ` ${spelled.toLowerCase().replace(between, " ").trim()} `;
}
