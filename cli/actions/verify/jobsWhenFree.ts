import { RunGoing } from "../../common/errors.ts";
import type { Context, Stack } from "../../engines/port.ts";
import { type EtlResult, runEtl } from "../etl/runEtl.ts";
import { arrival } from "./arrival.ts";

/** Runs jobs; where a run is going, after it. */
export async function runWhenFree(stack: Stack, names: readonly string[], context: Context): Promise<EtlResult> {
	for (;;) {
		try {
			return await runEtl(stack, names, context);
		} catch (error) {
			if (!(error instanceof RunGoing) || stack.engine !== "local") throw error;
			// It may have ended meanwhile.
			if (!(await isRunning(stack))) return runEtl(stack, names, context);
		}
		const awaited = { title: "the run of jobs that is going", what: "the end of the run of jobs that is going" };
		const late = { fix: "Wait for it, or stop it.", next: "pipeline-cli status" };
		await arrival(context, { ...awaited, late }, 500, async () => ((await isRunning(stack)) ? undefined : true));
	}
}

async function isRunning(stack: Stack): Promise<boolean> {
	return (await (await stack.jobs()).lastRun())?.running === true;
}
