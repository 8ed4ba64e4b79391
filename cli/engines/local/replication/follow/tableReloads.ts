import { applyLoad } from "../load/loadTables.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import type { Position } from "../model/position.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import { takeColumns } from "../model/takeColumns.ts";
import { newTable, type TaskState } from "../model/taskState.ts";
import type { ChangeReader } from "./changeReader.ts";
import type { Definitions } from "./changeSource.ts";
import type { NewTables } from "./newTables.ts";

/** Loads tables again while changes are followed. One commit holds the files that are replaced and what is known of the tables. */
export class TableReloads {
	readonly #reader: ChangeReader;
	readonly #newTables: NewTables;
	readonly #source: Definitions;

	constructor(reader: ChangeReader, newTables: NewTables, source: Definitions) {
		this.#reader = reader;
		this.#newTables = newTables;
		this.#source = source;
	}

	/**
	 * Reloads tables from a snapshot of now; tables that are gone leave. Only at the end of a transaction.
	 * @param purged those whose files go also where they cannot be loaded.
	 */
	async reload(ids: readonly string[], purged: ReadonlySet<string> = new Set()): Promise<void> {
		const { parts, batch } = this.#reader;
		const hadFormer = [...purged].filter((id) => this.#state.former.delete(id)).length > 0;
		if (ids.length === 0) return hadFormer ? this.#reader.publish() : undefined;
		const all = ids.map((id) => this.nameOf(id));
		const names = all.filter((name) => this.#newTables.isSelected(name));
		const before = new Map<string, TableCheckpoint>();
		for (const name of all) {
			await batch.drop(tableId(name));
			const table = this.#state.tables.get(tableId(name));
			if (table === undefined) continue;
			before.set(tableId(name), { ...table });
			table.state = "Table is being reloaded";
		}
		parts.log.info(`reloading ${ids.join(", ")}`);
		parts.onProgress();
		const result = await this.#source.loadTables(
			parts.access,
			names,
			parts.engine,
			parts.staging,
			async (snapshot) => {
				const known = await this.#knownAt(snapshot);
				return (name, read) => takeColumns(parts.rules, name, read, known.before(name));
			},
			{
				table: (name, rows) => {
					const table = this.#state.tables.get(tableId(name));
					if (table !== undefined) table.fullLoadRows = rows;
					parts.onStep(`${tableId(name)} had ${rows} rows reloaded`);
					parts.onProgress();
				},
				said: (text) => parts.log.info(`reload: ${text}`),
			},
			parts.stop,
			this.#source.statements,
			this.#state.sequence.nextTime(Date.now()),
			this.#reader.groupEnd ?? this.#reader.groupStart,
		);
		for (const { name, error } of result.failed) parts.log.error(`${tableId(name)}: ${error}`);
		if (result.failed.some(({ waits }) => waits)) this.#reader.waits = true;
		this.#newTables.keepHistory(all, purged);
		// What the definition leaves out now goes as if it were gone at the source.
		result.missing.push(...all.filter((name) => !names.includes(name)));
		for (const name of result.missing) {
			const table = before.get(tableId(name));
			if (table !== undefined && !purged.has(tableId(name))) this.#state.leave(table);
		}
		const fresh = (name: TableName): TableCheckpoint => newTable(name, "Full load");
		await this.#reader.publish(applyLoad(this.#state.tables, result, fresh, purged));
		await this.reload(result.moved.map(tableId), purged);
	}

	/** What is known of tables where a snapshot is: statements that are not read yet may have moved what is withheld. */
	async #knownAt(snapshot: Position): Promise<NewTables> {
		if (!this.#reader.parts.rules.withholds) return this.#newTables;
		return this.#newTables.after(await this.#source.statements(this.#reader.groupStart, snapshot));
	}

	/** The name that an id has, also of a table that is not known. */
	nameOf(id: string): TableName {
		const table = this.#state.tables.get(id);
		if (table !== undefined) return { schema: table.schema, table: table.table };
		const schema = this.#reader.parts.access.schemas.find((selected) => id.startsWith(`${selected}.`)) ?? "";
		return { schema, table: id.slice(schema.length + 1) };
	}

	get #state(): TaskState {
		return this.#reader.state;
	}
}
