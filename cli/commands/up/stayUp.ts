import { bringDown } from "../../actions/down.ts";
import type { CommandResult, Invocation } from "../../command.ts";
import type { Context, LocalHost } from "../../engines/port.ts";
import { abortReason } from "../shared/aborted.ts";
import { keepRunning } from "../shared/keepRunning.ts";
import { type Begun, begin } from "./begin.ts";
import type { definition } from "./definition.ts";

/**
 * `up --foreground`: starts everything and keeps the schedule in this process until Ctrl-C or SIGTERM, then stops everything:
 * what a service manager calls. Where it never came to keep the schedule, it stops what it had started, and nothing of others.
 */
export async function stayUp(
	host: LocalHost,
	{ options, interactive, context }: Invocation<typeof definition>,
): Promise<CommandResult> {
	const begun: Begun = { source: false, replication: false, schedule: false };
	try {
		const { stack } = await begin(host, options, interactive, context, begun);
		await keepRunning(host, stack, { everySeconds: options.every }, context, () => {
			begun.schedule = true;
		});
	} catch (error) {
		if (!context.signal.aborted) throw error;
	} finally {
		// What is cleaned up must not be cancelled by the same Ctrl-C.
		await takeBack(host, begun, { ...context, signal: new AbortController().signal });
	}
	const reason = abortReason(context.signal);
	if (reason !== undefined && reason.outcome !== "cancelled") throw reason;
	const stopped = begun.schedule ? "Stopped everything." : "Stopped what this command had started.";
	return { json: { stopped: true }, text: `${stopped} The data is kept.` };
}

async function takeBack(host: LocalHost, begun: Begun, context: Context): Promise<void> {
	if (begun.schedule) {
		await bringDown(host, { purge: false }, context);
		return;
	}
	if (begun.replication) await (await (await host.stack()).replication()).stop(context);
	if (begun.source) await host.stopSource(context);
}
