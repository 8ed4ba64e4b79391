import { PipelineError } from "./errors.ts";

const comment = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/;
const readingWords = ["SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"];

/** Whether a statement begins as one that reads, or in a way that only its engine can explain. */
export function isReading(sql: string): boolean {
	const word = firstWord(sql);
	return word === undefined || readingWords.includes(word);
}

/**
 * Refuses a statement that does not begin as one that reads. What is behind the beginning, the engine's own rights decide.
 * @throws PipelineError saying what to do instead.
 */
export function refuseWriting(sql: string): void {
	if (isReading(sql)) {
		if (sql.replace(comment, "").trim() !== "") return;
		throw new PipelineError("usage", {
			what: "No statement was given.",
			fix: "Write one, or run a named query.",
			next: "pipeline-cli query --list",
		});
	}
	throw new PipelineError("usage", {
		what: `${firstWord(sql)} is not allowed: queries only read.`,
		fix: "Change data at the source or with a job.",
		next: "pipeline-cli query --help",
	});
}

function firstWord(sql: string): string | undefined {
	return /^[a-z]+/i.exec(sql.replace(comment, ""))?.[0]?.toUpperCase();
}
