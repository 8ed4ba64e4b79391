import type { Context, LocalHost } from "../engines/port.ts";

/** Stops the jobs, the replication and the source of the local stack; with `purge` removes its data too. */
export async function bringDown(
	host: LocalHost,
	options: { purge: boolean },
	context: Context,
): Promise<{ run: "stopped" | "not running"; replication: "stopped" | "not running"; purged: boolean }> {
	const run = await host.stopRun(context);
	const replication = await (await (await host.stack()).replication()).stop(context);
	await host.stopSource(context);
	if (options.purge) await context.reporter.task(`Remove ${host.home}`, () => host.purge());
	return { run, replication, purged: options.purge };
}
