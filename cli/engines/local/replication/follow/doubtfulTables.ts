import type { BinlogEvent } from "../binlog/binlogEvent.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import type { ChangeReader } from "./changeReader.ts";
import type { ChangeSource } from "./changeSource.ts";
import type { NewTables } from "./newTables.ts";

/** Tables whose rows the binlog does not tell: they are reloaded at the end of the transaction, or taken out with the reason. */
export class DoubtfulTables {
	readonly #reader: ChangeReader;
	/** What has rows in the binlog and is not a table now. */
	readonly #ignored = new Set<string>();
	readonly #newTables: NewTables;
	readonly #source: Pick<ChangeSource, "tables">;

	constructor(reader: ChangeReader, newTables: NewTables, source: Pick<ChangeSource, "tables">) {
		this.#reader = reader;
		this.#source = source;
		this.#newTables = newTables;
	}

	/** Rows of a table that no statement announced: it is loaded if it is a table; a sequence, for instance, is not one. */
	async unknown(name: TableName): Promise<void> {
		const id = tableId(name);
		const { reloadAtCommit } = this.#reader;
		if (reloadAtCommit.has(id) || this.#ignored.has(id) || !this.#newTables.isSelected(name)) return;
		const tables = await this.#source.tables(name.schema);
		if (!tables.some((found) => tableId(found) === id)) this.#ignored.add(id);
		else if (this.#newTables.admit(name)) reloadAtCommit.add(id);
	}

	/** @param table undefined where it is not known yet. */
	async unread(
		{ table: name, reason, cause }: Pick<Extract<BinlogEvent, { kind: "unread" }>, "table" | "reason" | "cause">,
		table: TableCheckpoint | undefined,
	): Promise<void> {
		if (table === undefined) return this.unknown(name);
		if (cause === "undecodable")
			return this.#reader.failTable(table, new Error(`its changes cannot be read: ${reason}`));
		const { reloadAtCommit, parts } = this.#reader;
		const id = tableId(name);
		if (!reloadAtCommit.has(id)) parts.log.warn(`${id} must be reloaded: ${reason}`);
		reloadAtCommit.add(id);
	}

	/** Any table may have changed. */
	incident(reason: string): void {
		const { reloadAtCommit, parts, state } = this.#reader;
		parts.log.warn(`all tables must be reloaded: the source lost events of its binlog (${reason})`);
		for (const id of state.tables.keys()) reloadAtCommit.add(id);
	}
}
