import { stat } from "node:fs/promises";
import { PipelineError } from "../../../common/errors.ts";
import { grouped } from "../../../common/grouped.ts";
import { readCheckpoint } from "../replication/model/checkpoint.ts";
import { comparePositions, formatPosition } from "../replication/model/position.ts";
import { statePaths } from "../replication/model/statePaths.ts";
import { peekDaemonStatus } from "../replication/service/daemonStatus.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { sourceAccess } from "../shared/settings.ts";
import { ask } from "./reach.ts";

/** Seconds without progress, and of latency, that are never too many; batches that close late make them more. */
const patience = { stands: 60, latency: 300, batches: 3 };

/**
 * Why a replication that says it runs is behind: it has stood still for long, though the source has written since, or what it
 * brings is old. A quiet source is never ahead: the position is saved every ten seconds.
 */
export async function sourceBehind(paths: LocalPaths): Promise<string | undefined> {
	const files = statePaths(paths);
	const status = await peekDaemonStatus(files.status);
	// What is wrong otherwise, the status says.
	if (status?.state !== "running" || !status.following || status.lastError !== undefined) return undefined;
	const position = (await readCheckpoint(files.checkpoint))?.position;
	const end = await endOf(paths);
	if (position === undefined || end === undefined || comparePositions(position, end) >= 0) return undefined;
	const stands = (Date.now() - (await stat(files.checkpoint)).mtimeMs) / 1000;
	const { batchInterval, latencySeconds = 0 } = status;
	if (stands > Math.max(patience.stands, patience.batches * batchInterval)) {
		return `it has not moved from ${formatPosition(position)} for ${grouped(Math.round(stands))} seconds, but the source is at ${formatPosition(end)}`;
	}
	if (latencySeconds <= Math.max(patience.latency, patience.batches * batchInterval)) return undefined;
	return `its newest change arrived ${grouped(Math.round(latencySeconds))} seconds after the commit, and more changes are waiting`;
}

async function endOf(paths: LocalPaths) {
	try {
		return await ask(await sourceAccess(paths), (server) => server.currentPosition());
	} catch (error) {
		// That the source cannot be reached is the replication's to say.
		if (error instanceof PipelineError) return undefined;
		throw error;
	}
}
