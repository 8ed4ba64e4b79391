import { PipelineError } from "../../../../common/errors.ts";
import { rulesChanged } from "../../../../common/rulesChanged.ts";
import type { RuleChange } from "../../../port.ts";
import { stackDefinition } from "../../shared/definition.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { readSettings } from "../../shared/settings.ts";
import { readCheckpoint } from "../model/checkpoint.ts";
import { Rules } from "../model/rules.ts";
import { statePaths } from "../model/statePaths.ts";
import { pendingChanges } from "../service/appliedRules.ts";
import { RequestBox } from "../service/requests.ts";

/** Tables that were loaded by other rules than the definition has now, or whose purge has begun and not ended. */
export async function changedRules(paths: LocalPaths): Promise<RuleChange[]> {
	const files = statePaths(paths);
	const checkpoint = await readCheckpoint(files.checkpoint);
	const settings = await readSettings(paths);
	if (checkpoint === undefined || settings === undefined) return [];
	const { pipeline } = await stackDefinition(paths);
	const requested = await new RequestBox(files.requests).take();
	return pendingChanges(new Rules(pipeline, settings.source.schemas), checkpoint, requested);
}

/**
 * Only a purge may load by new rules, for it removes the old values before; one that was interrupted has perhaps not done so yet.
 * @throws PipelineError naming the tables.
 */
export async function requireRules(paths: LocalPaths, reload: boolean): Promise<void> {
	const changes = await changedRules(paths).catch((error: unknown) => {
		// A reload of all tables is the remedy of a damaged checkpoint.
		if (reload && error instanceof PipelineError) return [];
		throw error;
	});
	if (changes.length > 0) throw rulesChanged(changes);
}
