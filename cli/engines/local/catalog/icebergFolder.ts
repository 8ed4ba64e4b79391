import { join } from "node:path";
import { namesIn } from "../../../common/fs.ts";

/** Whether a folder holds the metadata of an Iceberg table. */
export async function isIcebergTable(folder: string): Promise<boolean> {
	return (await latestMetadata(folder)) !== undefined;
}

/**
 * Path of the newest `vN.metadata.json`. Writing that file is the commit; `version-hint.text` is written after it and
 * may lag behind. https://iceberg.apache.org/spec/#file-system-tables
 */
export async function latestMetadata(folder: string): Promise<string | undefined> {
	let latest = 0;
	for (const name of await namesIn(join(folder, "metadata")))
		latest = Math.max(latest, Number(/^v(\d+)\.metadata\.json$/.exec(name)?.[1] ?? 0));
	return latest === 0 ? undefined : join(folder, "metadata", `v${latest}.metadata.json`);
}
