import { type ErrorText, PipelineError } from "../../common/errors.ts";
import { poll } from "../../common/poll.ts";
import type { Context } from "../../engines/port.ts";

/** What is waited for, and what to say where it does not come within the command's time. */
export interface Awaited {
	/** Where it is waited for. */
	title: string;
	what: string;
	late: Pick<ErrorText, "why" | "fix" | "next">;
}

/**
 * Waits for something that comes by itself.
 * @param look returns undefined while it is not there.
 */
export async function arrival<T>(
	context: Context,
	{ title, what, late }: Awaited,
	intervalMs: number,
	look: () => Promise<T | undefined>,
): Promise<T> {
	return context.reporter.task(`Wait for ${title}`, async () => {
		try {
			return await poll({ firstMs: intervalMs, signal: context.signal }, look);
		} catch (error) {
			if (!(error instanceof PipelineError) || error.outcome !== "timeout") throw error;
			const text = { what: `Timed out waiting for ${what}.`, ...late };
			throw new PipelineError("timeout", text, { cause: error });
		}
	});
}
