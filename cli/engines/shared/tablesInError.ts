import { PipelineError } from "../../common/errors.ts";
import type { TableStatistics } from "../port.ts";

/** Tables that are out of the replication. DMS also knows cancelled ones: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html */
export function tablesInError(tables: readonly TableStatistics[]): TableStatistics[] {
	return tables.filter((table) => /error|cancel/i.test(table.state));
}

/** `schema.table`, apart by commas. */
export function namesOf(tables: readonly TableStatistics[]): string {
	return tables.map(nameOf).join(", ");
}

/**
 * A load that was asked for has failed where it left tables out, though the others go on.
 * @throws PipelineError naming them.
 */
export function requireLoaded(tables: readonly TableStatistics[]): void {
	const broken = tablesInError(tables);
	if (broken.length === 0) return;
	const reasons = broken.flatMap(({ lastError }) => (lastError === undefined ? [] : [lastError]));
	throw new PipelineError("failure", {
		what: `${namesOf(broken)} could not be loaded.`,
		why: reasons.length === 0 ? undefined : [...new Set(reasons)].join("; "),
		fix: "The other tables are replicated. Fix the cause at the source, then reload these tables.",
		next: `pipeline-cli replication reload ${broken.map(nameOf).join(" ")}`,
	});
}

function nameOf({ schema, table }: TableStatistics): string {
	return `${schema}.${table}`;
}
