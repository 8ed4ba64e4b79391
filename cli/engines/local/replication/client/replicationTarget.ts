import { mkdir } from "node:fs/promises";
import { PipelineError } from "../../../../common/errors.ts";
import type { ReplicationOptions } from "../../../port.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { readSettings, writeSettings } from "../../shared/settings.ts";
import { statePaths } from "../model/statePaths.ts";
import { writeRequest } from "../service/requests.ts";

const usual = "files";

/** @throws PipelineError where a running replicator was started for another target than is wanted. */
export async function requireTarget(paths: LocalPaths, { target }: ReplicationOptions): Promise<void> {
	const now = (await readSettings(paths))?.replicationTarget ?? usual;
	if (target === undefined || target === now) return;
	throw new PipelineError("usage", {
		what: `Replication is running with the target ${now}.`,
		why: "Changing the target requires a reload of all tables.",
		fix: "Stop it first.",
		next: "pipeline-cli replication stop",
	});
}

/** @returns whether the target is another than before: what was written for the old one does not count for the new. */
export async function setTarget(paths: LocalPaths, { target }: ReplicationOptions): Promise<boolean> {
	const settings = await readSettings(paths);
	if (settings === undefined || target === undefined || target === (settings.replicationTarget ?? usual)) return false;
	// Kept also where this start is killed before the tables are loaded.
	const { requests } = statePaths(paths);
	await mkdir(requests, { recursive: true });
	await writeRequest(requests, []);
	await writeSettings({ ...settings, replicationTarget: target }, paths);
	return true;
}
