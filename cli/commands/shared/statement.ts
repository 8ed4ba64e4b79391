import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import { messageOf, PipelineError } from "../../common/errors.ts";

/** Where a command's statement comes from. */
export interface GivenStatement {
	sql: string | undefined;
	file: string | undefined;
	/** The text of a named query, where one is named. */
	named?: { name: string; sql: () => Promise<string> } | undefined;
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
		throw wrongUse(
			given.length === 0 ? "There is nothing to ask." : "A statement, --file and --name exclude each other.",
			command,
		);
	}
	if (named !== undefined) return named.sql();
	if (file === undefined) return sql ?? "";
	if (file === "-") return readAll(addAbortSignal(signal, process.stdin));
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		throw new PipelineError(
			"usage",
			{ what: `${file} cannot be read.`, why: messageOf(error), fix: "Name a file with a statement." },
			{ cause: error },
		);
	}
}

/** @throws PipelineError where CSV and JSON are both asked for. */
export function requireOneFormat({ csv, json }: { csv: boolean; json: boolean }, command: string): void {
	if (csv && json) throw wrongUse("--csv and --json exclude each other.", command);
}

function wrongUse(what: string, command: string): PipelineError {
	return new PipelineError("usage", {
		what,
		fix: `Give a statement${command === "query" ? ", --file <path> or --name <query>" : " or --file <path>"}.`,
		next: `pipeline-cli ${command} --help`,
	});
}
