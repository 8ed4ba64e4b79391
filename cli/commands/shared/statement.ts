import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import { messageOf, PipelineError } from "../../common/errors.ts";

/** Where a command's statement comes from. */
export interface GivenStatement {
	sql: string | undefined;
	file: string | undefined;
	/** Reads what is named, where something is. */
	named?: (() => Promise<string>) | undefined;
}

/**
 * The SQL of the argument, of --file or of --name, whichever is given.
 * @param command that asks, for what to run after a mistake.
 */
export async function statementOf(
	{ sql, file, named }: GivenStatement,
	command: string,
	signal: AbortSignal,
): Promise<string> {
	const given = [sql, file, named].filter((value) => value !== undefined);
	if (given.length !== 1) {
		const ways = ["a statement", "--file", "--name"];
		throw given.length === 0
			? wrongUse("No statement was given.", `Pass ${listed(ways, "or")}.`, command)
			: wrongUse(`${listed(ways, "and")} cannot be combined.`.replace(/^a/, "A"), "Use only one of them.", command);
	}
	if (named !== undefined) return named();
	if (file === undefined) return sql ?? "";
	if (file === "-") return readAll(addAbortSignal(signal, process.stdin));
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		throw new PipelineError(
			"usage",
			{
				what: `${file} cannot be read.`,
				why: messageOf(error),
				fix: "Choose a file that contains a statement, or - for stdin.",
				next: `pipeline-cli ${command} --help`,
			},
			{ cause: error },
		);
	}
}

/** @throws PipelineError where CSV and JSON are both asked for. */
export function requireOneFormat({ csv, json }: { csv: boolean; json: boolean }, command: string): void {
	if (csv && json) throw wrongUse("--csv and --json cannot be combined.", "Leave out one of them.", command);
}

function listed(words: readonly string[], last: "and" | "or"): string {
	return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

function wrongUse(what: string, fix: string, command: string): PipelineError {
	return new PipelineError("usage", { what, fix, next: `pipeline-cli ${command} --help` });
}
