import type { Context, Stack } from "../../engines/port.ts";

/**
 * Starts the replication again where it has failed: its process was killed, or what stopped it may be over. One that somebody
 * stopped stays stopped.
 */
export async function reviveReplication(stack: Stack, context: Context): Promise<void> {
	const replication = await stack.replication();
	const { state, lastError } = await replication.status();
	if (state !== "failed") return;
	context.reporter.warn(`Replication had failed and is being restarted: ${lastError ?? "the reason is unknown"}`);
	await replication.start(context, { asBefore: true });
}
