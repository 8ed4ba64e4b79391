import { PipelineError } from "./errors.ts";

/** A table that was loaded by other rules than the definition has now. */
export interface ChangedTable {
	schema: string;
	table: string;
	/** For instance `email: hash, before keep`, or `left out`. */
	what: string;
}

/** Changes that are listed by name. */
const shown = 10;

/** Why nothing continues while tables have values by rules that the definition had before. */
export function rulesChanged(changes: readonly ChangedTable[]): PipelineError {
	const names = changes.map(({ schema, table, what }) => `${schema}.${table} (${what})`);
	const more = names.length > shown ? `, and ${names.length - shown} more` : "";
	return new PipelineError("serviceRefused", {
		what: `The definition has changed since these tables were loaded: ${names.slice(0, shown).join(", ")}${more}.`,
		why: "Values loaded under the old rules are still in the raw zone, in change logs, in current tables with their history, and in derived tables.",
		fix: "Remove them and load the tables again with the command below, or undo the change of the definition.",
		next: "pipeline-cli replication reload --purge",
	});
}
