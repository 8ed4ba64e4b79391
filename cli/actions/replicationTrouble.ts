import { PipelineError } from "../common/errors.ts";
import type { ReplicationStatus, Stack } from "../engines/port.ts";

/** Seconds of DMS's latency that do not count: a batch of changes is closed after a minute, and metrics come late. */
const mostLatency = 900;

/** Why changes of the source do not arrive, in a line; undefined where they do, and where somebody stopped the replication. */
export async function replicationTrouble(stack: Stack): Promise<string | undefined> {
	try {
		return await troubleOf(stack, await (await stack.replication()).status());
	} catch (error) {
		if (error instanceof PipelineError && !["cancelled", "timeout"].includes(error.outcome)) return error.text.what;
		throw error;
	}
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
	// Only DMS reports it all the time.
	const late =
		stack.engine === "aws" && latencySeconds > mostLatency
			? `DMS reports a latency of ${Math.round(latencySeconds / 60)} minutes`
			: undefined;
	const behind = late ?? (await (await stack.comparison()).behind?.());
	return behind === undefined ? undefined : `Replication is behind the source: ${behind}.`;
}
