import { statfs } from "node:fs/promises";
import { PipelineError } from "../../../../common/errors.ts";

/** Bytes below which MariaDB can't go on; it then waits without an answer until there is room again. */
const leastFree = 2 ** 20;

/** Aborts when the disk of a folder has been full for two looks in a row, a second apart. */
export function watchDisk(folder: string): { signal: AbortSignal; stop(): void } {
	const abort = new AbortController();
	let full = 0;
	const look = async (): Promise<void> => {
		const { bavail, bsize } = await statfs(folder);
		full = bavail * bsize < leastFree ? full + 1 : 0;
		if (full < 2) return;
		abort.abort(diskFull(folder));
	};
	// A folder that can't be looked at is for the statement that fails on it to report.
	const timer = setInterval(() => void look().catch(() => undefined), 1000);
	return { signal: abort.signal, stop: () => clearInterval(timer) };
}

/** @param folder of the private source. */
export function diskFull(folder: string): PipelineError {
	return new PipelineError("failure", {
		what: "The disk of the private source is full.",
		why: `Nothing more can be written to ${folder}.`,
		fix: "Free some space, or use a smaller --scale. What was written so far is replaced by the next run.",
		next: "pipeline-cli source seed",
	});
}
