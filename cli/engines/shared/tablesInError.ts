import { PipelineError } from "../../common/errors.ts";
import type { TableStatistics } from "../port.ts";

/** Tables that are out of the replication. DMS also knows cancelled ones: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html */
export function tablesInError(tables: readonly TableStatistics[]): TableStatistics[] {
	return tables.filter((table) => /error|cancel/i.test(table.state));
}

/** Tables that somebody at the source holds; they are loaded when they are free. */
export function waitingTables(tables: readonly TableStatistics[]): TableStatistics[] {
	return tables.filter(({ state, lastError }) => state === "Table is being reloaded" && lastError !== undefined);
}

/**
 * A reload that was asked for is not over where a table waits.
 * @throws PipelineError naming them.
 */
export function requireFree(tables: readonly TableStatistics[]): void {
	const waiting = waitingTables(tables);
	if (waiting.length === 0) return;
	throw new PipelineError("failure", {
		what: `${namesOf(waiting)} could not be reloaded yet, so the lake still has the previous rows.`,
		why: [...new Set(waiting.map(({ lastError }) => lastError))].join("; "),
		fix: "End what holds it at the source. It is then reloaded automatically. The other tables continue in the meantime.",
		next: "pipeline-cli replication tables",
	});
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
