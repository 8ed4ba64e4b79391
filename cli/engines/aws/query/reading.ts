import { PipelineError } from "../../../common/errors.ts";

const comment = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/;
const readingWords = ["SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"];

/**
 * Refuses a statement that does not begin as one that reads. What is behind the beginning, the engine's own rights decide.
 * @throws PipelineError saying what to do instead.
 */
export function refuseWriting(sql: string): void {
	const body = sql.replace(comment, "");
	const word = /^[a-z]+/i.exec(body)?.[0]?.toUpperCase();
	if (word === undefined || readingWords.includes(word)) {
		if (body.trim() !== "") return;
		throw new PipelineError("usage", {
			what: "No statement was given.",
			fix: "Write one, or run a named query.",
			next: "pipeline-cli query --list",
		});
	}
	throw new PipelineError("usage", {
		what: `${word} is not allowed: queries only read.`,
		fix: "Change data at the source or with a job.",
		next: "pipeline-cli query --help",
	});
}
