import { widthOf } from "./fit.ts";

/** What a line begins with, and what the lines that continue it are indented by. */
const lead = /^\s*(?:[✓✗] |warning: |(?:why|fix|next): +)?/;
/** Rows of a table, statements and calls of other programs: to be read in columns, or to be pasted. */
const kept =
	/\S {2,}\S|[$|]|&&|;$|^LINE \d|^(?:sudo|export|aws|pulumi|npm|node|git|systemctl|GRANT|REVOKE|SET|ALTER|CREATE|CALL) /;

/**
 * Sentences in lines that fit the terminal, broken between words and indented as their line is. What is in backticks stays
 * together, and so does a call of this program, up to the end of its line: both are pasted.
 * @param width columns; infinite where there is no terminal.
 * @param program the words by which the program was called.
 */
export function wrapProse(text: string, width: number, program: string): string {
	if (width === Number.POSITIVE_INFINITY) return text;
	return text
		.split("\n")
		.map((line) => (widthOf(line) <= width ? line : wrapLine(line, width, program)))
		.join("\n");
}

function wrapLine(line: string, width: number, program: string): string {
	const plain = line.replaceAll(ansi, "");
	const [begin = ""] = lead.exec(plain) ?? [];
	const said = plain.slice(begin.length);
	const sentence = (said.split(`${program} `)[0] ?? "").replaceAll(/`[^`]*`/g, "");
	if (sentence === "" || kept.test(sentence) || begin.trimStart().startsWith("next:")) return line;
	const indent = " ".repeat(widthOf(begin));
	const lines: string[] = [];
	let current = "";
	for (const unit of unitsOf(line, program)) {
		const longer = current === "" ? unit : `${current} ${unit}`;
		if (current !== "" && widthOf(longer) > width) {
			lines.push(current);
			current = indent + unit;
		} else current = longer;
	}
	return [...lines, current].join("\n");
}

/** Parts between which a line may be broken; the first one has the line's indentation. */
function unitsOf(line: string, program: string): string[] {
	const call = line.indexOf(`${program} `, 1);
	const prose = call < 0 ? line : line.slice(0, call);
	const units = prose.trimEnd().match(/^\s*(?:\S+: +)?(?:`[^`]*`|\S)+|(?:`[^`]*`|\S)+/g) ?? [];
	return call < 0 ? units : [...units, line.slice(call)];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an ANSI sequence begins with the escape character.
const ansi = /\u001b\[[0-9;]*m/g;
