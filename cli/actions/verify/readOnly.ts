import { PipelineError } from "../../common/errors.ts";
import type { TableStatistics } from "../../engines/port.ts";
import { type BinlogPlace, binlogEnd, changedSince } from "./binlogChanges.ts";
import { compareCounts } from "./compareCounts.ts";
import { followChange } from "./followChange.ts";
import type { Way } from "./followRows.ts";
import { quiet } from "./quiet.ts";
import { replicated } from "./replicated.ts";
import type { VerifyReport } from "./report.ts";

/** Tables that are watched: those with the most changes. */
const busiest = 20;

/**
 * Proves without a write: follows the next change of the busiest tables that others make to the current table; where the
 * source's binary log has none for a while, compares counts of rows at one position.
 * @throws PipelineError where tables change at the source and the replication brings none of it before the signal aborts.
 */
export async function verifyReadOnly(way: Way): Promise<VerifyReport> {
	const since = Date.now();
	const before = await way.replication.tables();
	if (before.length === 0) throw nothingReplicated();
	const tables = watched(before);
	const changes = new Changes(way, tables, await binlogEnd(way.source));
	for (;;) {
		const moved = await changes.next();
		const report = moved === undefined ? await compareCounts(way, tables) : await followChange(way, moved, since);
		// A change came in between, or all that was followed changed once more.
		if (report !== undefined) return report;
	}
}

function nothingReplicated(): PipelineError {
	return new PipelineError("failure", {
		what: "No proof: no table is replicated.",
		why: "The source has no table that the definition selects, or its user may not see them.",
		fix: "Check source in pipeline.yaml, and the schemas and grants of the source.",
		next: "pipeline-cli source status",
	});
}

function watched(tables: readonly TableStatistics[]): TableStatistics[] {
	return tables
		.filter(({ state }) => state !== "Table error")
		.sort((a, b) => total(b) - total(a) || b.fullLoadRows - a.fullLoadRows)
		.slice(0, busiest);
}

function total({ inserts, updates, deletes }: TableStatistics): number {
	return inserts + updates + deletes;
}

/** What moves at the source, by its binary log, and in the replication, by its statistics. */
class Changes {
	readonly #way: Way;
	readonly #tables: readonly TableStatistics[];
	#place: BinlogPlace;
	#seen: Map<string, number>;

	constructor(way: Way, tables: readonly TableStatistics[], place: BinlogPlace) {
		this.#way = way;
		this.#tables = tables;
		this.#place = place;
		this.#seen = new Map(tables.map((table) => [nameOf(table), total(table)]));
	}

	/** @returns the tables that moved, those with the most changes first; undefined where the source is quiet. */
	async next(): Promise<TableStatistics[] | undefined> {
		const since = Date.now();
		const isMoving = { atSource: false };
		const awaited = {
			title: "a change made by others",
			what: "the source's changes to show in the table statistics",
		};
		const found = await replicated<TableStatistics[] | "quiet">(this.#way, awaited, async () => {
			const moved = await this.#moved();
			if (moved.length > 0) return moved;
			const { end, changed, isKnown } = await changedSince(this.#way.source, this.#place, this.#tables);
			// Behind a compressed transaction any table may be.
			if (changed.length > 0 || (!isKnown && end.position !== this.#place.position)) isMoving.atSource = true;
			this.#place = end;
			return !isMoving.atSource && Date.now() - since >= quiet[this.#way.stack.engine] ? "quiet" : undefined;
		});
		return found === "quiet" ? undefined : found;
	}

	async #moved(): Promise<TableStatistics[]> {
		const watchedNames = new Set(this.#tables.map(nameOf));
		const now = (await this.#way.replication.tables()).filter((table) => watchedNames.has(nameOf(table)));
		const growth = (table: TableStatistics): number => total(table) - (this.#seen.get(nameOf(table)) ?? 0);
		const moved = now.filter((table) => growth(table) > 0).sort((a, b) => growth(b) - growth(a));
		this.#seen = new Map(now.map((table) => [nameOf(table), total(table)]));
		return moved;
	}
}

function nameOf({ schema, table }: TableStatistics): string {
	return `${schema}.${table}`;
}
