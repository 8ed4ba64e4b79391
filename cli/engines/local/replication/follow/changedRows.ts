import { messageOf } from "../../../../common/errors.ts";
import type { BinlogEvent } from "../binlog/binlogEvent.ts";
import { DecodeError } from "../decode/byteReader.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import { comparePositions } from "../model/position.ts";
import { tableId } from "../model/tableName.ts";
import type { CascadingTables } from "./cascadingTables.ts";
import type { ChangeReader } from "./changeReader.ts";
import type { DdlHandler } from "./ddlHandler.ts";
import type { DoubtfulTables } from "./doubtfulTables.ts";
import { unreadTime } from "./oldTimes.ts";
import type { RowsEvent } from "./openBatch.ts";

const counters = { I: "inserts", U: "updates", D: "deletes" } as const;

/** The event group that is being read. */
export interface OpenGroup {
	/** Milliseconds since 1970, and the same as text. */
	readonly commitTime: number;
	readonly commitIso: string;
	/** Whether its rows do not count. */
	readonly skipping: boolean;
}

/** What rows of the binlog do: they get into the open batch, or their table is reloaded or taken out. */
export class ChangedRows {
	readonly #reader: ChangeReader;
	readonly #ddl: DdlHandler;
	readonly #doubtful: DoubtfulTables;
	readonly #cascading: CascadingTables;

	constructor(reader: ChangeReader, ddl: DdlHandler, doubtful: DoubtfulTables, cascading: CascadingTables) {
		this.#reader = reader;
		this.#ddl = ddl;
		this.#doubtful = doubtful;
		this.#cascading = cascading;
	}

	/** @returns undefined where that needed no waiting. */
	apply(event: RowsEvent, group: OpenGroup): Promise<void> | undefined {
		if (!this.#cascading.note(event)) return this.#cascading.read().then(() => this.apply(event, group));
		const { id } = event.table;
		const table = this.#reader.state.tables.get(id);
		if (table === undefined) return this.#doubtful.unknown(event.table);
		if (table.state === "Table error" || this.#reader.isLoaded(table)) return undefined;
		this.#reader.touched.add(id);
		// The load that it waits for has them in it.
		if (group.skipping || isUnread(table)) return undefined;
		if (!this.#reader.batch.isReady(event)) return this.#prepareAndAppend(event, table, group);
		return this.#append(event, table, group);
	}

	async #prepareAndAppend(event: RowsEvent, table: TableCheckpoint, group: OpenGroup): Promise<void> {
		const { definedAt } = table;
		const isCurrent = definedAt === undefined || comparePositions(definedAt, this.#reader.groupStart) <= 0;
		const unread = unreadTime(event.rows.reader.map, table, isCurrent);
		if (unread !== undefined) return this.#doubtful.unread({ table: event.table, ...oldTime(unread) }, table);
		try {
			await this.#reader.batch.prepare(event, table, this.#reader.state.historyOf(table), isCurrent);
		} catch (error) {
			return this.#ddl.failOrThrow(table, error);
		}
		await this.#append(event, table, group);
	}

	#append(event: RowsEvent, table: TableCheckpoint, group: OpenGroup): Promise<void> | undefined {
		try {
			table[counters[event.rows.operation]] += this.#reader.batch.append(
				event,
				group.commitTime,
				this.#reader.state.sequence,
			);
		} catch (error) {
			// Rows that cannot be read are their table's trouble, like those that cannot be stored.
			if (!(error instanceof DecodeError)) return this.#ddl.failOrThrow(table, error);
			return this.#doubtful.unread({ table: event.table, reason: messageOf(error), cause: "undecodable" }, table);
		}
		this.#reader.batch.newestCommit = Math.max(this.#reader.batch.newestCommit, group.commitTime);
		table.updatedAt = group.commitIso;
		return this.#reader.batch.writeLarge(event, this.#reader.parts.limits.bytes);
	}

	/** Rows that could not be read. */
	unread(event: Extract<BinlogEvent, { kind: "unread" }>, group: OpenGroup): Promise<void> | undefined {
		if (!this.#cascading.noteUnread(event.table)) return this.#cascading.read().then(() => this.unread(event, group));
		const table = this.#reader.state.tables.get(tableId(event.table));
		if (table?.state === "Table error" || (table !== undefined && this.#reader.isLoaded(table))) return undefined;
		if (table !== undefined) this.#reader.touched.add(tableId(table));
		return group.skipping ? undefined : this.#doubtful.unread(event, table);
	}
}

function oldTime(column: string): { reason: string; cause: "incomplete" } {
	const format =
		"in the old format of mysql56_temporal_format = OFF, for which the binlog does not contain the fraction";
	return {
		cause: "incomplete",
		reason: `its column ${column} is ${format}; to convert it: SET GLOBAL mysql56_temporal_format = ON, then ALTER TABLE … FORCE`,
	};
}

/** Whether it is to be loaded, and nothing is known of its columns yet, or of the right to read them. */
function isUnread({ state, columns, unsure }: TableCheckpoint): boolean {
	return state === "Table is being reloaded" && (columns.length === 0 || unsure === true);
}
