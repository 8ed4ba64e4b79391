import { rulesChanged } from "../../../../common/rulesChanged.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import type { RuleChange } from "../../../port.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import { newlyChosen, ruleChanges } from "../model/ruleChanges.ts";
import type { Rules } from "../model/rules.ts";
import { tableId } from "../model/tableName.ts";
import type { TaskState } from "../model/taskState.ts";
import { Server } from "../mysql/server.ts";
import { listTables } from "../mysql/tableSchema.ts";
import type { Requested } from "./requests.ts";
import { requireNamed } from "./requireNamed.ts";

type Loaded = Pick<Checkpoint, "tables" | "foldsCase" | "former">;

/**
 * Values that the definition withholds now must not be joined by newer ones as if they were gone.
 * @throws PipelineError where tables were loaded by other rules, and no purge of them has begun.
 */
export function requireApplied(
	rules: Rules,
	checkpoint: Loaded | undefined,
	requested: Pick<Requested, "purged">,
): void {
	const { purged } = requested;
	if (purged === "all") return;
	const { tables = [], foldsCase, former } = checkpoint ?? {};
	const left = ruleChanges(rules, tables, foldsCase, former).filter((change) => !purged.includes(tableId(change)));
	if (left.length > 0) throw rulesChanged(left);
}

/** Rule changes, and tables whose purge has begun and not ended. */
export function pendingChanges(
	rules: Rules,
	{ tables, foldsCase, former }: Loaded,
	{ purged }: Pick<Requested, "purged">,
): RuleChange[] {
	const begun = tables.filter((table) => purged === "all" || purged.includes(tableId(table)));
	return [
		...ruleChanges(rules, tables, foldsCase, former),
		...begun.map(({ schema, table }) => ({ schema, table, what: "its purge has started" })),
	];
}

/**
 * Tables that are to be loaded since the definition chooses them now.
 * @param state takes the patterns, which are saved with the loaded tables.
 * @throws PipelineError where the definition names what the source does not have.
 */
export async function chosenNow(access: SourceAccess, rules: Rules, state: TaskState): Promise<string[]> {
	const server = await Server.connect(access);
	try {
		const existing = await listTables(server, access.schemas);
		if (state.rules !== rules.fingerprint) {
			await requireNamed(rules, server, existing, state);
			forgetOutdated(rules, state);
		}
		const found = newlyChosen(rules, state.chosen, existing, state.tables, server.foldsCase);
		Object.assign(state, { chosen: rules.chosen, rules: rules.fingerprint, foldsCase: server.foldsCase });
		// A table that never got anything and that the definition leaves out now has nothing to be purged.
		for (const [id, table] of state.tables) {
			if (table.columns.length === 0 && !rules.isSelected(table, server.foldsCase)) state.tables.delete(id);
		}
		return found.map(tableId);
	} finally {
		await server.close();
	}
}

/** Where the definition no longer says keep of a column, it may say so again, and then of the one that has the name now. */
function forgetOutdated(rules: Rules, state: TaskState): void {
	for (const [table, column] of state.columns()) {
		if (column.outdated && rules.said(table, column.name) !== "keep") delete column.outdated;
	}
}
