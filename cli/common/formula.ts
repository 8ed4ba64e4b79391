/** What spreadsheet programs take for the beginning of a formula, also after blanks and in the full-width forms of East Asia. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/u;
/** Numbers with a sign do no harm, and would no longer be numbers. */
const number = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A text as spreadsheet programs show it, and do not run it: with an apostrophe in front, where it begins like a formula. */
export function withoutFormula(text: string): string {
	return formula.test(text) && !number.test(text) ? `'${text}` : text;
}
