import { PipelineError } from "../../../common/errors.ts";
import type { Check } from "../../port.ts";
import { readCheckpoint } from "../replication/model/checkpoint.ts";
import { formatPosition } from "../replication/model/position.ts";
import { statePaths } from "../replication/model/statePaths.ts";
import { requireHistory } from "../replication/mysql/server.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { sourceAccess } from "../shared/settings.ts";
import { ask } from "./reach.ts";

/** Whether the source still has the changes since the replication's position; none where nothing was loaded yet. */
export async function positionCheck(paths: LocalPaths): Promise<Check[]> {
	const name = "position in the binlog";
	try {
		const checkpoint = await readCheckpoint(statePaths(paths).checkpoint);
		if (checkpoint === undefined) return [];
		await ask(await sourceAccess(paths), (server) => requireHistory(server, checkpoint));
		return [{ name, ok: true, found: formatPosition(checkpoint.position) }];
	} catch (error) {
		if (!(error instanceof PipelineError)) throw error;
		const { what, why, fix, next } = error.text;
		return [{ name, ok: false, found: why ?? what, fix: [fix, next].filter(Boolean).join(" Run: ") }];
	}
}
