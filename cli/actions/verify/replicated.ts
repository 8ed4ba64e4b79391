import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Context, Replication, Stack, TableStatistics } from "../../engines/port.ts";
import { arrival } from "./arrival.ts";

/** Milliseconds between looks; on AWS each look is a call that is limited in rate. */
export const lookInterval = { local: 200, aws: 2000 } as const;

/** What to say where the replication brings nothing. */
const late = {
	why: "Replication reports that it is running, but nothing arrived.",
	fix: "Check its last error and its log. If batches close late, allow more time with --timeout.",
	next: "pipeline-cli replication status",
};

interface Followed {
	stack: Stack;
	replication: Replication;
	context: Context;
}

/** @throws PipelineError with what is recorded of the replication, where it does not run. */
export async function assertRunning(replication: Replication): Promise<void> {
	const status = await replication.status();
	if (status.state === "running") return;
	const { problem } = status;
	const failed = status.state === "failed";
	throw new PipelineError("failure", {
		what: `Replication is not running: ${status.text}.`,
		why: status.lastError ?? status.stopReason,
		fix: problem?.fix ?? (failed ? "Its status shows what to do." : "Start it; it continues from its last position."),
		next: problem?.next ?? (failed ? "pipeline-cli replication status" : "pipeline-cli replication start"),
	});
}

/** Waits for something that replication brings; where the replication ends, says so. */
export function replicated<T>(
	{ stack, replication, context }: Followed,
	awaited: { title: string; what: string },
	look: () => Promise<T | undefined>,
): Promise<T> {
	return arrival(context, { ...awaited, late }, lookInterval[stack.engine], async () => {
		const found = await look();
		if (found === undefined) await assertRunning(replication);
		return found;
	});
}

/** Statistics of a table; of one that was made just now, as soon as the replication has it. */
export async function changesOf(
	followed: Followed,
	{ table, created }: { table: TableName; created: boolean },
): Promise<TableStatistics> {
	const look = async (): Promise<TableStatistics | undefined> =>
		(await followed.replication.tables()).find((one) => one.schema === table.schema && one.table === table.table);
	const awaited = { title: "the new table", what: "the new table in the table statistics" };
	const found = created ? await replicated(followed, awaited, look) : await look();
	if (found !== undefined && found.state !== "Table error") return found;
	throw new PipelineError("failure", {
		what: `The table ${table.schema}.${table.table} is not being replicated.`,
		why: found?.lastError,
		fix: "Reload the table.",
		next: `pipeline-cli replication reload ${table.schema}.${table.table}`,
	});
}
