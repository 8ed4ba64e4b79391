import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const schema = z.strictObject({
	/** Words apart by commas, and what to write instead. */
	words: z.record(z.string(), z.string()),
	phrases: z.array(z.strictObject({ not: z.string(), say: z.string(), pattern: z.string() })),
});

export type Rejected = z.infer<typeof schema>;

/** The words and phrases that this project does not use: `tools/words/rejected.yaml`. */
export function readRejected(): Rejected {
	return schema.parse(parse(readFileSync(new URL("rejected.yaml", import.meta.url), "utf8")));
}

/** A phrase that was found. `line` counts from 1. */
export interface Finding {
	line: number;
	found: string;
	say: string;
}

/** Between two words of a phrase: spaces, or the end of a line with the next one's comment mark. */
const gap = String.raw`\s+(?:(?:\*|#|//|>)\s*)?`;

/** The rejected phrases in a text. */
export function rejectedPhrases(text: string, phrases: Rejected["phrases"]): Finding[] {
	return phrases.flatMap(({ pattern, say }) =>
		[...text.matchAll(new RegExp(pattern.replaceAll(" ", gap).replaceAll(String.raw`\s(?`, `${gap}(?`), "gi"))].map(
			(match) => ({ line: text.slice(0, match.index).split("\n").length, found: match[0], say }),
		),
	);
}

/** The table of docs/glossary.md. */
export function rejectedTable({ words, phrases }: Rejected): string {
	const rows = [...Object.entries(words), ...phrases.map(({ not, say }) => [not, say] as const)];
	return ["| not | but |", "|---|---|", ...rows.map(([not, say]) => `| ${not} | ${say} |`)].join("\n");
}
