import type { Context, LocalHost, Replication, Stack } from "../../engines/port.ts";
import type { SourceChoice } from "../shared/startSource.ts";
import { type StartedSource, startSource } from "../shared/startSource.ts";

/** What a call has started itself: where it fails, that alone is stopped again. */
export interface Begun {
	source: boolean;
	replication: boolean;
	/** It keeps the schedule, so that all of the stack ends with it. */
	schedule: boolean;
}

export interface Beginning {
	source: StartedSource;
	stack: Stack;
	replication: Replication;
	/** What became of the replication. */
	outcome: Awaited<ReturnType<Replication["start"]>>;
}

/** Starts source and replication. @param begun notes what was not running before. */
export async function begin(
	host: LocalHost,
	options: SourceChoice & { every: number | undefined },
	interactive: boolean,
	context: Context,
	begun: Begun,
): Promise<Beginning> {
	const source = await startSource("up", host, options, interactive, context);
	begun.source = source.kind === "private" && source.action !== "already running";
	const stack = await host.stack();
	const replication = await stack.replication();
	const { state } = await replication.status();
	// The full load of another process's start is not ours to stop, either.
	const isRunning = state === "running" || state === "starting";
	begun.replication = !isRunning;
	const batchInterval = isRunning ? undefined : await batchSeconds(stack, options.every);
	const outcome = await replication.start(context, batchInterval === undefined ? {} : { batchInterval });
	begun.replication = outcome !== "already running";
	return { source, stack, replication, outcome };
}

/** Changes that wait for a minute in a batch would miss the runs of a faster schedule. */
async function batchSeconds(stack: Stack, every: number | undefined): Promise<number | undefined> {
	const { schedule } = (await stack.definition()).pipeline;
	const seconds = every ?? (schedule !== undefined && "everySeconds" in schedule ? schedule.everySeconds : undefined);
	return seconds !== undefined && seconds < 60 ? seconds : undefined;
}
