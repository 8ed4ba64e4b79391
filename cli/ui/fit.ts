import stringWidth from "string-width";
import { stripAnsi } from "./terminal.ts";

/** Between columns. */
export const gap = 2;
/** What a column keeps, also where its cells are then wrapped. */
const leastWidth = 10;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns of the terminal that results are shown on; no limit where it is none, or one that does not know its size. */
export function screenWidth(stream: { isTTY?: boolean; columns?: number } = process.stdout): number {
	return (stream.isTTY === true && stream.columns) || Number.POSITIVE_INFINITY;
}

/** Columns that a text takes on a terminal: letters of East Asia and emoji take two. As cli-table3 counts them. */
export function widthOf(text: string): number {
	return stringWidth(text);
}

/** As much of a text as fits into a number of columns. */
export function clipped(text: string, width: number): string {
	const parts = lettersOf(text);
	return parts.slice(0, fitting(parts, width)).join("");
}

/** Letters as they are seen: an accent of its own belongs to the letter before it. */
function lettersOf(text: string): string[] {
	return Array.from(segmenter.segment(stripAnsi(text)), ({ segment }) => segment);
}

/** How many letters fit into a number of columns; one at least. */
function fitting(letters: readonly string[], width: number): number {
	let used = 0;
	for (const [at, letter] of letters.entries()) {
		used += widthOf(letter);
		if (used > width && at > 0) return at;
	}
	return letters.length;
}

/**
 * Widths of columns in which a table fits: the widest give first.
 * @param natural widths at which nothing is wrapped.
 * @returns undefined where it does not fit even so.
 */
export function fittingWidths(natural: readonly number[], width: number): number[] | undefined {
	const room = width - gap * (natural.length - 1);
	const capped = (cap: number): number[] => natural.map((one) => Math.min(one, cap));
	const sum = (widths: readonly number[]): number => widths.reduce((total, one) => total + one, 0);
	if (sum(natural) <= room) return [...natural];
	let cap = Math.max(...natural);
	while (cap > leastWidth && sum(capped(cap)) > room) cap -= 1;
	return sum(capped(cap)) > room ? undefined : capped(cap);
}

/** A text in lines of a width, broken between words where it can be. A colour of all of it is one of every line. */
export function wrapped(text: string, width: number): string {
	if (widthOf(text) <= width) return text;
	// biome-ignore lint/suspicious/noControlCharactersInRegex: an ANSI sequence begins with the escape character.
	const [, on = "", off = ""] = /^((?:\u001b\[[0-9;]*m)*).*?((?:\u001b\[[0-9;]*m)*)$/s.exec(text) ?? [];
	const lines: string[] = [];
	let rest = lettersOf(text);
	for (let count = fitting(rest, width); count < rest.length; count = fitting(rest, width)) {
		const blank = rest.slice(0, count + 1).lastIndexOf(" ");
		const end = blank > 0 ? blank : count;
		lines.push(rest.slice(0, end).join(""));
		rest = rest.slice(blank > 0 ? end + 1 : end);
	}
	lines.push(rest.join(""));
	return lines.map((line) => `${on}${line}${off}`).join("\n");
}
