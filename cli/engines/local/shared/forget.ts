import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { namesIn } from "../../../common/fs.ts";
import { removeSpilled } from "../../duckdb/spill.ts";
import type { LocalPaths } from "./paths.ts";
import { changeScheduleFile, scheduleFiles } from "./scheduleFile.ts";

/**
 * Removes what quotes values beside lake and runs: how the schedule's last run failed, its log, and what queries and comparisons
 * that were killed have left.
 */
export async function forgetValues(paths: LocalPaths, signal: AbortSignal): Promise<void> {
	await changeScheduleFile(paths, signal, (before) => {
		if (before === undefined) return undefined;
		const { last: _, ...rest } = before;
		return rest;
	});
	const log = basename(scheduleFiles(paths).log);
	for (const name of await namesIn(paths.logs)) {
		// The full ones, too: `.1`, `.2` and so on.
		if (name === log || name.startsWith(`${log}.`)) await rm(join(paths.logs, name), { force: true });
	}
	await rm(paths.scratch, { recursive: true, force: true });
	await removeSpilled(paths.home);
}
