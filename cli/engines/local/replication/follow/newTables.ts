import type { ColumnDefinition, TableCheckpoint } from "../model/checkpoint.ts";
import { isSame } from "../model/rules.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import type { Renamed, TableBefore } from "../model/takeColumns.ts";
import { newTable } from "../model/taskState.ts";
import type { ChangeReader } from "./changeReader.ts";

/** Which tables of the binlog are replicated, and what is known of those that come later. */
export class NewTables {
	readonly #reader: ChangeReader;
	/** Columns that tables bring from the name that they had before. */
	readonly #carried = new Map<string, TableBefore>();

	constructor(reader: ChangeReader) {
		this.#reader = reader;
	}

	/** Whether the definition chooses a table, and did not leave it out for coming later. */
	isSelected(name: TableName): boolean {
		const { parts, foldsCase, state } = this.#reader;
		return parts.rules.isSelected(name, foldsCase) && !this.#isIgnored(name, state.ignored);
	}

	/**
	 * What `new_tables` says of a table that was not there before.
	 * @returns whether it is replicated. One that is not is remembered; where the definition says `fail`, it is a table in error.
	 */
	admit(name: TableName): boolean {
		const { parts, state } = this.#reader;
		switch (parts.rules.newTable(name)) {
			case "include":
				return true;
			case "ignore":
				state.ignored.add(tableId(name));
				parts.log.info(`${tableId(name)} is new and left out (new_tables: ignore)`);
				break;
			default: {
				const error =
					"it is new, and new_tables is fail; name it under include or exclude in the definition, then reload it";
				state.tables.set(tableId(name), { ...newTable(name, "Table error"), error });
				parts.log.error(`${tableId(name)}: ${error}`);
			}
		}
		this.#reader.hasNews = true;
		return false;
	}

	/** What was withheld of a table stays withheld under another name, until the definition names that. */
	carry(
		pairs: readonly { from: TableName; to: TableName }[],
		known: (name: TableName) => TableCheckpoint | undefined,
		renamed: readonly Renamed[] = [],
	): void {
		const found = pairs.map(({ from, to }) => ({ to, columns: known(from)?.columns ?? [] }));
		for (const { to, columns } of found) {
			if (!columns.some(({ action }) => action !== undefined)) continue;
			this.#carried.set(tableId(to), { columns: columns.map((column) => carried(column, renamed)) });
		}
	}

	/** What is known of a table that is to be loaded. */
	before(name: TableName): TableBefore | undefined {
		return this.#carried.get(tableId(name)) ?? this.#reader.state.tables.get(tableId(name));
	}

	/** A table that was loaded has in its own columns what it brought. */
	loaded(name: TableName): void {
		this.#carried.delete(tableId(name));
	}

	#isIgnored({ schema, table }: TableName, ignored: Set<string>): boolean {
		if (ignored.size === 0) return false;
		const id = tableId({ schema, table });
		if (!ignored.has(id)) return false;
		if (this.#reader.parts.rules.newTable({ schema, table }) === "include") ignored.delete(id);
		return ignored.has(id);
	}
}

function carried(column: ColumnDefinition, renamed: readonly Renamed[]): ColumnDefinition {
	const name = renamed.find(({ from }) => isSame(from, column.name))?.to ?? column.name;
	return column.action === undefined ? { ...column, name } : { ...column, name, withheld: "renamed" };
}
