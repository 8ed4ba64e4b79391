import { errorCode, messageOf, PipelineError } from "../../../../common/errors.ts";

/** Whether something failed for want of room on disk; DuckDB says so in words only. */
export function isOutOfSpace(error: unknown): boolean {
	const code = errorCode(error);
	if (code === "ENOSPC" || code === "EDQUOT") return true;
	return /no space left on device|disk quota exceeded|failed to offload data block/i.test(messageOf(error));
}

export function outOfSpace(folder: string, cause: unknown): PipelineError {
	return new PipelineError(
		"failure",
		{
			what: "The disk is full, so replication stopped. No changes are lost.",
			why: `${messageOf(cause)}.`,
			fix: `Free space on the disk of ${folder}, then start replication again. It continues from its last position.`,
			next: "pipeline-cli replication start",
		},
		{ cause },
	);
}
