import { PipelineError } from "../../common/errors.ts";

/** Why the signal was aborted; undefined where it was not. */
export function abortReason({ reason }: AbortSignal): PipelineError | undefined {
	return reason instanceof PipelineError ? reason : undefined;
}
