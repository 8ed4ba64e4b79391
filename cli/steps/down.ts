import type { Context, LocalHost, Stack } from "../engines/port.ts";

/** Stops the replication and the source of the local stack; with `purge` removes its data too. */
export async function bringDown(
	host: LocalHost,
	openStack: () => Promise<Stack>,
	options: { purge: boolean },
	context: Context,
): Promise<{ replication: "stopped" | "not running"; purged: boolean }> {
	const replication = await (await (await openStack()).replication()).stop(context);
	await host.stopSource(context);
	if (options.purge) await context.reporter.task(`Remove ${host.home}`, () => host.purge());
	return { replication, purged: options.purge };
}
