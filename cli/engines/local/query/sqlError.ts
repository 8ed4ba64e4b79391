import { messageOf, PipelineError } from "../../../common/errors.ts";

/** A table or view that a statement names and that does not exist. */
export interface UnknownTable {
	name: string;
	/** The line of the statement, marked. */
	place: string | undefined;
}

/** The message of DuckDB's error, without what our own call adds. */
export function duckDbMessage(error: unknown): string {
	return messageOf(error).replace(/^Failed to extract statements: /, "");
}

/**
 * What a failed statement means for whoever wrote it.
 * @param unknownTable says what there is instead.
 */
export function sqlError(error: unknown, unknownTable: (table: UnknownTable) => PipelineError): PipelineError {
	if (error instanceof PipelineError) return error;
	const message = duckDbMessage(error);
	const unknown = /Table with name "?(.+?)"? does not exist/.exec(message)?.[1];
	if (unknown !== undefined) return unknownTable({ name: unknown, place: /\n\n(LINE[\s\S]*)$/.exec(message)?.[1] });
	const [, kind, words] = /^(Parser|Binder|Catalog|Permission) Error: (.*)$/s.exec(message) ?? [];
	if (kind === "Permission") {
		return new PipelineError("usage", {
			what: "The statement accesses a file outside the lake, which queries may not do.",
			why: message,
			fix: "Query the tables of the catalog instead.",
			next: 'pipeline-cli query "SHOW TABLES"',
		});
	}
	return new PipelineError(kind === undefined ? "failure" : "usage", {
		what: kind === undefined ? "The query failed." : "The SQL has an error.",
		why: words ?? message,
	});
}
