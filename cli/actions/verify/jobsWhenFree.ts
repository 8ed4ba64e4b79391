import { RunGoing } from "../../common/errors.ts";
import type { Context, Stack } from "../../engines/port.ts";
import { type EtlResult, runEtl } from "../etl/runEtl.ts";
import { arrival } from "./arrival.ts";

/** Runs jobs; where a run is going, after it. */
export async function runWhenFree(stack: Stack, names: readonly string[], context: Context): Promise<EtlResult> {
	return whenFree(stack, context, () => runEtl(stack, names, context));
}

/** Does what must not be beside a run of jobs; where one is going, after it. */
export async function whenFree<T>(stack: Stack, context: Context, work: () => Promise<T>): Promise<T> {
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof RunGoing) || stack.engine !== "local") throw error;
			// It may have ended meanwhile.
			if (!(await isRunning(stack))) return work();
		}
		const awaited = { title: "the current run of the jobs", what: "the end of the current run of the jobs" };
		const late = { fix: "Wait for it, or stop it.", next: "pipeline-cli status" };
		await arrival(context, { ...awaited, late }, 500, async () => ((await isRunning(stack)) ? undefined : true));
	}
}

async function isRunning(stack: Stack): Promise<boolean> {
	return (await (await stack.jobs()).lastRun())?.running === true;
}
