import { join } from "node:path";
import { lake } from "../../../../../etl/contract/contract.ts";
import { exists } from "../../../../common/fs.ts";
import type { TableName } from "../model/tableName.ts";

const hourMs = 3_600_000;
/** Longer than any run of jobs that may still have a table's rows before it. */
const graceMs = 24 * hourMs;

/**
 * Tables that are not there any more are remembered for what the processed zone has of them. One of which it has had nothing for a day
 * is forgotten: it was gone before any job saw it, as tables are that are made for an hour. So they are never more than the zone's.
 */
export class FormerTables {
	readonly #processed: string;
	readonly #bareSince = new Map<string, number>();
	#checkedAt = Number.NEGATIVE_INFINITY;

	constructor(processed: string) {
		this.#processed = processed;
	}

	/** @param former changed in place, once an hour. @param now milliseconds, never back. */
	async forget(former: Map<string, TableName>, now: number): Promise<void> {
		if (now - this.#checkedAt < hourMs) return;
		this.#checkedAt = now;
		for (const id of this.#bareSince.keys()) if (!former.has(id)) this.#bareSince.delete(id);
		for (const [id, name] of [...former]) {
			const since = (await this.#isProcessed(name)) ? undefined : (this.#bareSince.get(id) ?? now);
			if (since === undefined) this.#bareSince.delete(id);
			else if (now - since < graceMs) this.#bareSince.set(id, since);
			else former.delete(id);
		}
	}

	async #isProcessed({ schema, table }: TableName): Promise<boolean> {
		for (const place of [lake.current(schema, table), lake.changeLog(schema, table), lake.tableState(schema, table)]) {
			if (await exists(join(this.#processed, place))) return true;
		}
		return false;
	}
}
