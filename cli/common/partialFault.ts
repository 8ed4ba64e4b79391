import { diskFault } from "./diskFault.ts";
import { PipelineError } from "./errors.ts";

/**
 * What was thrown, as the failure of one part that others can do without: what a service refused, or what the disk did with a file.
 * @returns undefined where it ends the whole command: Ctrl-C, the timeout, and what nobody foresaw.
 */
export function partialFault(error: unknown): PipelineError | undefined {
	const fault = error instanceof PipelineError ? error : diskFault(error, "pipeline-cli status");
	return fault === undefined || ["cancelled", "timeout"].includes(fault.outcome) ? undefined : fault;
}

/** What was asked for; undefined where only that part of the command failed, which others report. */
export async function unlessPartialFault<T>(ask: () => Promise<T>): Promise<T | undefined> {
	try {
		return await ask();
	} catch (error) {
		if (partialFault(error) === undefined) throw error;
		return undefined;
	}
}
