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
		what: `The definition says otherwise than tables were loaded by: ${names.slice(0, shown).join(", ")}${more}.`,
		why: "Values of before are in the raw zone, in change logs, in current tables with their history, and in what was made of them.",
		fix: "Remove them and load the tables by the definition as it is now, which one command does; or take the change back.",
		next: "pipeline-cli replication reload --purge",
	});
}
