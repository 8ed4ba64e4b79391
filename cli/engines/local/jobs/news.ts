import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isRunId } from "../../../../etl/contract/runId.ts";
import { entriesOf, exists, namesIn } from "../../../common/fs.ts";
import type { LocalPaths } from "../shared/paths.ts";

/** What a run's jobs get of the definition; written when it begins. */
export const datasetsFile = "datasets.json";

/**
 * Whether a run will probably find something: files came into the raw zone since the newest one began, or there was none. Nothing
 * but time depends on it.
 */
export async function hasNews({ runs, raw }: Pick<LocalPaths, "runs" | "raw">): Promise<boolean> {
	const newest = (await namesIn(runs)).filter(isRunId).at(-1);
	const begun = newest === undefined ? undefined : join(runs, newest, datasetsFile);
	if (begun === undefined || !(await exists(begun))) return true;
	return isNewer(raw, (await stat(begun)).mtimeMs);
}

/** A folder's own time is that of the last file that came or went. */
async function isNewer(folder: string, time: number): Promise<boolean> {
	if (!(await exists(folder))) return false;
	if ((await stat(folder)).mtimeMs > time) return true;
	for (const entry of await entriesOf(folder)) {
		if (entry.isDirectory() && (await isNewer(join(folder, entry.name), time))) return true;
	}
	return false;
}
