import { changeLogName } from "../../etl/contract/contract.ts";
import { tableReferences } from "../../etl/definition/tableReferences.ts";
import { counted } from "../common/grouped.ts";
import { partialFault, unlessPartialFault } from "../common/partialFault.ts";
import type { ReplicationStatus, Stack, TableStatistics } from "../engines/port.ts";
import { currentName } from "./currentName.ts";

/** Seconds of DMS's latency that do not count: a batch of changes is closed after a minute, and metrics come late. */
const mostLatency = 900;

/** Why changes of the source do not arrive, in a line; undefined where they do, and where somebody stopped the replication. */
export async function replicationTrouble(stack: Stack): Promise<string | undefined> {
	try {
		return await troubleOf(stack, await (await stack.replication()).status());
	} catch (error) {
		const fault = partialFault(error);
		if (fault === undefined) throw error;
		return fault.text.what;
	}
}

/** Tables in error that are named. */
const mostNamed = 3;

/**
 * Which tables the replication has taken out, in a line; undefined where there are none.
 * @param sql a statement: of those alone that it reads.
 */
export async function tablesInError(stack: Stack, sql?: string): Promise<string | undefined> {
	const found = await unlessPartialFault(() => erroredTables(stack, sql));
	if (found === undefined || found.length === 0) return undefined;
	const names = found.slice(0, mostNamed).map(({ schema, table, lastError }) => {
		return `${schema}.${table}${lastError === undefined ? "" : ` (${lastError.replaceAll(/\s+/g, " ")})`}`;
	});
	const more = found.length > names.length ? ` and ${found.length - names.length} more` : "";
	return `${counted(found.length, "table")} in error, whose changes do not reach the lake: ${names.join(", ")}${more}.`;
}

/** Tables that are replicated, `schema.table`; undefined where nobody can tell now. */
export async function replicatedTables(stack: Stack): Promise<string[] | undefined> {
	const found = await unlessPartialFault(async () => (await stack.replication()).tables());
	return found?.map(({ schema, table }) => `${schema}.${table}`);
}

async function erroredTables(stack: Stack, sql?: string): Promise<TableStatistics[]> {
	const replication = await stack.replication();
	if ((await replication.status()).tables.errored === 0) return [];
	const failed = (await replication.tables()).filter(({ state }) => state === "Table error");
	return sql === undefined ? failed : readBy(sql, failed, stack);
}

/** Those of some tables that a statement reads, by the names that they have in the catalog, or would have. */
async function readBy(sql: string, tables: readonly TableStatistics[], stack: Stack): Promise<TableStatistics[]> {
	const read = new Set(tableReferences(sql).map(({ parts }) => parts.at(-1)?.toLowerCase()));
	const catalog = await (await stack.crawlers()).registered();
	const definition = await stack.definition();
	return tables.filter((table) => {
		const name = currentName(definition, catalog, table);
		return read.has(name) || read.has(changeLogName(name));
	});
}

/** Whether there is nothing to replicate, as where the schema was dropped. */
function isEmpty({ fullLoadProgress, tables }: ReplicationStatus): boolean {
	const { loaded, loading, queued, errored } = tables;
	return fullLoadProgress === 100 && loaded + loading + queued + errored === 0;
}

/** The same of a status that was asked for. */
export async function troubleOf(stack: Stack, status: ReplicationStatus): Promise<string | undefined> {
	const { state, lastError, latencySeconds = 0 } = status;
	const why = lastError === undefined ? "" : ` ${lastError.replaceAll(/\s+/g, " ")}`;
	if (state === "failed" || state === "failed-move")
		return `Replication has failed, so no new changes reach the lake.${why}`;
	if (status.unwanted === true)
		return `Replication stopped unexpectedly, so no new changes reach the lake. ${status.stopReason ?? ""}`.trim();
	if (lastError !== undefined && state !== "stopped")
		return `Replication reports an error, so the lake may be behind the source.${why}`;
	if (state !== "running") return undefined;
	if (stack.engine === "local" && isEmpty(status))
		return "No table is replicated: the source has none that the definition selects, or its user may not see them.";
	// Only DMS reports it all the time.
	const late =
		stack.engine === "aws" && latencySeconds > mostLatency
			? `DMS reports a latency of ${Math.round(latencySeconds / 60)} minutes`
			: undefined;
	const behind = late ?? (await (await stack.comparison()).behind?.());
	return behind === undefined ? undefined : `Replication is behind the source: ${behind}.`;
}
