import type { Statement } from "../ddl/statement.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import { isSame } from "../model/rules.ts";
import {
	afterChanges,
	inPlaceOf,
	type TableBefore,
	underAnotherName,
	withoutLeft,
	withRowsOf,
} from "../model/tableHistory.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import { newTable, TaskState } from "../model/taskState.ts";
import type { ChangeReader } from "./changeReader.ts";
import type { ReaderParts } from "./readerParts.ts";

type Alter = Pick<Extract<Statement, { kind: "alter" }>, "table" | "to" | "others" | "alteration">;

type Reader = Pick<ChangeReader, "state" | "foldsCase" | "hasNews"> & { parts: Pick<ReaderParts, "rules" | "log"> };

/** Which tables of the binlog are replicated, and what is known of those that come later. */
export class NewTables {
	readonly #reader: Reader;

	constructor(reader: Reader) {
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
		const { parts, foldsCase, state } = this.#reader;
		switch (parts.rules.newTable(name, foldsCase)) {
			case "include":
				return true;
			case "ignore":
				state.ignored.add(tableId(name));
				parts.log.info(`${tableId(name)} is new and excluded (new_tables: ignore)`);
				break;
			default: {
				const error =
					"it is new, and new_tables is fail: add it to include or exclude in the definition, then reload it";
				state.tables.set(tableId(name), { ...newTable(name, "Table error"), error });
				parts.log.error(`${tableId(name)}: ${error}`);
			}
		}
		this.#reader.hasNews = true;
		return false;
	}

	/** What is known of a table that is to be loaded, by the names that it and its columns have where the binlog is read. */
	before(name: TableName): TableBefore | undefined {
		return this.#reader.state.historyOf(name);
	}

	/** What is known after statements that are not read yet. */
	after(statements: readonly Statement[]): NewTables {
		const { parts, foldsCase, state } = this.#reader;
		const later = new NewTables({ parts, foldsCase, hasNews: false, state: new TaskState(state.toCheckpoint()) });
		for (const statement of statements) later.note(statement);
		return later;
	}

	/** What a statement changes of what is known of tables. */
	note(statement: Statement): void {
		switch (statement.kind) {
			case "create":
				// A new table has nothing to do with one that had its name before.
				if (!statement.mayExist && this.#reader.state.find(statement.table) === undefined)
					this.#forget(statement.table);
				return;
			case "drop":
				for (const name of statement.tables) {
					this.#forget(name);
					this.#reader.state.ignored.delete(tableId(name));
				}
				return;
			case "dropSchema":
				for (const name of this.#reader.state.histories) if (this.isOf(name.schema, statement)) this.#forget(name);
				return;
			case "rename":
				this.#renamed(statement.pairs);
				return;
			case "alter":
				this.#altered(statement);
				return;
			default:
				return;
		}
	}

	/** Whether a name of a schema is the one that a statement has. */
	isOf(name: string, { schema }: { schema: string }): boolean {
		return name === schema || (this.#reader.foldsCase && name.toLowerCase() === schema.toLowerCase());
	}

	/**
	 * Tables have other names: what was withheld of them stays so, each pair after the one before it, and also where a name is not
	 * replicated. A table of which nothing is known is taken for a copy of the one that had its name.
	 */
	#renamed(pairs: readonly { from: TableName; to: TableName }[]): void {
		const { parts, state } = this.#reader;
		for (const { from, to } of pairs) {
			const brought = underAnotherName(parts.rules, from, this.before(from));
			if (brought === undefined) continue;
			state.setHistory(to, inPlaceOf(parts.rules, to, this.before(to), brought));
		}
	}

	/** A table has other columns, rows of other tables, or another name; in this order. */
	#altered({ table, to, others, alteration }: Alter): void {
		const { parts, state } = this.#reader;
		const before = this.before(table);
		const dropped = alteration.opaque ? [] : alteration.dropped;
		const after = afterChanges(parts.rules, table, before, { ...alteration, dropped });
		if (before !== undefined || after.columns.some(({ action }) => action !== undefined)) {
			state.setHistory(table, after);
		}
		for (const other of others) {
			const [mine, theirs] = [this.before(table), this.before(other)];
			state.setHistory(table, withRowsOf(mine, underAnotherName(parts.rules, other, theirs)));
			state.setHistory(other, withRowsOf(theirs, underAnotherName(parts.rules, table, mine)));
		}
		if (to !== undefined) this.#renamed([{ from: table, to }]);
	}

	/** A table of this name is gone, or has nothing to do with the one before. */
	#forget(name: TableName): void {
		this.#reader.state.setHistory(name, undefined);
	}

	/** Keeps what is known of tables, by the names where the binlog is read, while their columns are replaced by later ones. */
	keepHistory(names: readonly TableName[], purged: ReadonlySet<string>): void {
		for (const name of names) {
			const before = this.before(name);
			const isPurged = before !== undefined && purged.has(tableId(name));
			this.#reader.state.setHistory(name, isPurged ? withoutLeft(before) : before);
		}
	}

	/** Whether a table was loaded with a column that must be withheld by what was read since. */
	exposes(table: TableCheckpoint): boolean {
		const { rules } = this.#reader.parts;
		const withheld = (this.before(table)?.columns ?? []).filter(
			({ name, action, outdated }) => action !== undefined && (outdated || rules.said(table, name) !== "keep"),
		);
		return table.columns.some(
			({ name, action }) => action === undefined && withheld.some((one) => isSame(one.name, name)),
		);
	}

	#isIgnored({ schema, table }: TableName, ignored: Set<string>): boolean {
		if (ignored.size === 0) return false;
		const id = tableId({ schema, table });
		if (!ignored.has(id)) return false;
		const { parts, foldsCase } = this.#reader;
		if (parts.rules.newTable({ schema, table }, foldsCase) === "include") ignored.delete(id);
		return ignored.has(id);
	}
}
