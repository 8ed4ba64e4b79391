import { PipelineError } from "../common/errors.ts";
import type { Stack } from "../engines/port.ts";

/** Why changes of the source do not arrive, in a line; undefined where they do, and where somebody stopped the replication. */
export async function replicationTrouble(stack: Stack): Promise<string | undefined> {
	try {
		const { state, lastError } = await (await stack.replication()).status();
		const why = lastError === undefined ? "" : ` ${lastError.replaceAll(/\s+/g, " ")}`;
		if (state === "failed") return `The replication has failed: the lake has no newer changes.${why}`;
		return lastError === undefined || state === "stopped"
			? undefined
			: `The replication reports an error, so the lake may be behind.${why}`;
	} catch (error) {
		if (error instanceof PipelineError && !["cancelled", "timeout"].includes(error.outcome)) return error.text.what;
		throw error;
	}
}
