/** Keys of mappings and numbers of list entries, from the document's root. */
export type Path = readonly (string | number)[];

/** Something wrong in a definition, before its place in the file is known. */
export interface Finding {
	path: Path;
	/** What is wrong, in one sentence. */
	what: string;
	/** What may stand there, where that can be counted. */
	allowed?: readonly string[];
	/** Of these, what was probably meant. */
	meant?: string | undefined;
	/** What to write, or to do. */
	fix: string;
}

/** A finding with its place in the file; line and column count from 1. */
export interface Mistake extends Finding {
	/** Absent where it is in the definition's own file. */
	file?: string;
	line: number;
	column: number;
}

/** Why a definition cannot be used: every mistake in it, in the order of the file. */
export class DefinitionError extends Error {
	/** The definition's own, or the folder of the files that have the mistakes. */
	readonly file: string;
	readonly mistakes: readonly Mistake[];

	constructor(file: string, mistakes: readonly Mistake[]) {
		super(mistakes.map((mistake) => mistakeText(file, mistake)).join("\n"));
		this.name = "DefinitionError";
		this.file = file;
		this.mistakes = mistakes;
	}
}

/** A mistake in one line, that editors and terminals link to its place. */
function mistakeText(definition: string, mistake: Mistake): string {
	const { file = definition, line, column, path, what, allowed, meant, fix } = mistake;
	const place = path.length === 0 ? "" : `${pathText(path)}: `;
	return [
		`${file}:${line}:${column}: ${place}${what}`,
		...(allowed === undefined || allowed.length === 0 ? [] : [`Allowed: ${allowed.join(", ")}.`]),
		...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
		fix,
	].join(" ");
}

/** `tables["shop.customers"].rules[0]`. */
export function pathText(path: Path): string {
	return path
		.map((part, at) => {
			if (typeof part === "number") return `[${part}]`;
			if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
			return at === 0 ? part : `.${part}`;
		})
		.join("");
}
