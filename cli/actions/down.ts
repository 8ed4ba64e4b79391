import type { Context, LocalHost } from "../engines/port.ts";

/** Stops the schedule, the jobs, the replication and the source of the local stack; with `purge` removes its data too. */
export async function bringDown(
	host: LocalHost,
	options: { purge: boolean },
	context: Context,
): Promise<{
	schedule: "stopped" | "not running";
	/** Of the schedule, as `up --every` had it. */
	everySeconds?: number;
	run: "stopped" | "not running";
	replication: "stopped" | "not running";
	purged: boolean;
}> {
	const stack = await host.stack();
	const everySeconds = (await (await stack.jobs()).schedule())?.everySeconds;
	const schedule = await host.stopSchedule(context);
	const run = await host.stopRun(context);
	const replication = await (await stack.replication()).stop(context);
	await host.stopSource(context);
	if (options.purge) await context.reporter.task(`Remove ${host.home}`, () => host.purge());
	return { schedule, ...(everySeconds !== undefined && { everySeconds }), run, replication, purged: options.purge };
}
