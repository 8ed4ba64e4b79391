/** Words, or the kind of names that `completion --names` prints. */
export type Completes = readonly string[] | string;

/** What a shell can complete. */
export interface CompletionTable {
	commands: readonly CompletedCommand[];
	/** Options of every command. */
	flags: readonly Flag[];
}

export interface CompletedCommand {
	words: readonly string[];
	summary: string;
	flags: readonly Flag[];
	/** What is offered for its arguments; files where it is left out. */
	completes?: Completes;
}

export interface Flag {
	/** For instance `--stack`. */
	flag: string;
	/** For instance `-n`. */
	short?: string;
	/** Whether the next word is its value. */
	takesValue: boolean;
	/** What is offered for its value; files where it is left out. */
	completes?: Completes;
	description: string;
}

/** Words that may follow each path of words; the path of the first word is empty. */
export function nextWords(table: CompletionTable): Map<string, { word: string; summary: string }[]> {
	const next = new Map<string, { word: string; summary: string }[]>();
	for (const { words, summary } of table.commands) {
		words.forEach((word, index) => {
			const path = words.slice(0, index).join(" ");
			const known = next.get(path) ?? [];
			next.set(path, known);
			const last = index === words.length - 1;
			const entry = known.find((other) => other.word === word);
			if (entry === undefined) known.push({ word, summary: last ? summary : `${word} …` });
			else if (last) entry.summary = summary;
		});
	}
	return next;
}

/** Flags behind which a value stands, which is not a word of a command, as patterns of a shell's `case`. */
export function valueFlags(table: CompletionTable): string[] {
	const flags = [...table.flags, ...table.commands.flatMap((command) => command.flags)].filter(
		({ takesValue }) => takesValue,
	);
	return [...new Set(flags.flatMap(({ flag, short }) => (short === undefined ? [flag] : [flag, short])))];
}

/** All that a call may begin with before its arguments: `replication`, `replication start`. */
export function paths(table: CompletionTable): string[] {
	const all = table.commands.flatMap(({ words }) => words.map((_, at) => words.slice(0, at + 1).join(" ")));
	return [...new Set(all)];
}

/** Patterns of a shell's `case` on the path and the option before the cursor, each with what is offered for its value. */
export function values(table: CompletionTable): { pattern: string; completes: Completes }[] {
	const spelt = ({ flag, short }: Flag): string[] => (short === undefined ? [flag] : [flag, short]);
	const own = table.commands.flatMap(({ words, flags }) =>
		flags.map((flag) => ({ flag, patterns: spelt(flag).map((one) => `"${words.join(" ")} ${one}"`) })),
	);
	const everywhere = table.flags.map((flag) => ({ flag, patterns: spelt(flag).map((one) => `*" ${one}"`) }));
	return [...own, ...everywhere].flatMap(({ flag: { completes }, patterns }) =>
		completes === undefined ? [] : [{ pattern: patterns.join("|"), completes }],
	);
}

/** Patterns of a shell's `case` on the path, each with what is offered for the command's arguments. */
export function takenArguments(table: CompletionTable): { pattern: string; completes: Completes }[] {
	return table.commands.flatMap(({ words, completes }) =>
		completes === undefined ? [] : [{ pattern: `"${words.join(" ")}"`, completes }],
	);
}
