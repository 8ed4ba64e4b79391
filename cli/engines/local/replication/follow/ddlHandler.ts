import { PipelineError } from "../../../../common/errors.ts";
import { schemaChange } from "../ddl/schemaChange.ts";
import type { Statement } from "../ddl/statement.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import { isOutOfSpace } from "../model/fullDisk.ts";
import { comparePositions } from "../model/position.ts";
import { folderOf, type TableName, tableId } from "../model/tableName.ts";
import { takeColumns } from "../model/takeColumns.ts";
import { newTable } from "../model/taskState.ts";
import { HeldTable, isTransient } from "../mysql/errors.ts";
import { makeLayout } from "../parquet/layout.ts";
import type { ChangeReader } from "./changeReader.ts";
import type { Definitions } from "./changeSource.ts";
import type { NewTables } from "./newTables.ts";
import type { TableReloads } from "./tableReloads.ts";

/** What statements of the binlog do to tables and their files. One commit holds a statement's effect and the position after it. */
export class DdlHandler {
	readonly #reader: ChangeReader;
	readonly #newTables: NewTables;
	readonly #source: Definitions;
	readonly #reloads: TableReloads;

	constructor(reader: ChangeReader, newTables: NewTables, source: Definitions, reloads: TableReloads) {
		this.#source = source;
		this.#reader = reader;
		this.#newTables = newTables;
		this.#reloads = reloads;
	}

	/**
	 * A statement that is an event group of its own.
	 * @param end marks the group as read; called before its effect is committed.
	 */
	async standalone(statement: Statement, end: () => Promise<void>): Promise<void> {
		this.#newTables.note(statement);
		switch (statement.kind) {
			case "create":
				return this.#create(statement, end);
			case "drop":
				return this.#drop(
					statement.tables.map((name) => this.#known(name)),
					end,
				);
			case "dropSchema":
				return this.#drop(
					[...this.#state.tables.values()].filter(({ schema }) => this.#newTables.isOf(schema, statement)),
					end,
				);
			case "truncate":
				return this.#truncate(this.#known(statement.table), end);
			case "rename":
				return this.#reloadAfter(end, ...statement.pairs.flatMap(({ from, to }) => [from, to]));
			case "repair":
				return this.#reloadAfter(end, ...statement.tables.filter((name) => this.#known(name) !== undefined));
			case "alter":
				return this.#alter(statement, end);
			case "data":
				return this.#reloadAfter(end, ...this.#state.tables.values());
			case "xaCommit": {
				const ids = this.#state.prepared.get(statement.xid) ?? [...this.#state.tables.keys()];
				this.#state.prepared.delete(statement.xid);
				await end();
				return this.#reloads.reload(ids);
			}
			case "xaRollback":
				this.#state.prepared.delete(statement.xid);
				return;
			case "rights":
				return this.#checkRights();
			default:
				return;
		}
	}

	/** A statement between the rows of a transaction, for instance CREATE TABLE … SELECT. */
	async insideTransaction(statement: Statement): Promise<void> {
		const { reloadAtCommit } = this.#reader;
		this.#newTables.note(statement);
		if (statement.kind === "data") {
			for (const [id, table] of this.#state.tables) if (!this.#reader.isLoaded(table)) reloadAtCommit.add(id);
		} else if (statement.kind === "create") {
			if (!this.#isSelected(statement.table)) return;
			const known = this.#known(statement.table);
			if (known === undefined) await this.#join(statement.table);
			else if (!this.#reader.isLoaded(known)) reloadAtCommit.add(tableId(known));
		} else if (statement.kind === "drop") {
			for (const name of statement.tables) {
				const known = this.#known(name);
				if (known !== undefined) reloadAtCommit.add(tableId(known));
			}
		}
	}

	/** A fault of one table takes that table out; any other is thrown. */
	async failOrThrow(table: TableCheckpoint, error: unknown): Promise<void> {
		if (error instanceof HeldTable) return this.#wait(table, error);
		if (error instanceof PipelineError || isOutOfSpace(error) || isTransient(error)) throw error;
		await this.#reader.failTable(table, error);
	}

	/** It is reloaded when it is free. Until then nobody can tell its columns, nor which of them may be read. */
	#wait(table: TableCheckpoint, { message }: HeldTable): void {
		Object.assign(table, { state: "Table is being reloaded", error: message, updatedAt: new Date().toISOString() });
		table.unsure = true;
		this.#reader.parts.log.warn(`${tableId(table)}: ${message}`);
		[this.#reader.waits, this.#reader.hasNews] = [true, true];
	}

	get #state(): ChangeReader["state"] {
		return this.#reader.state;
	}

	async #create(statement: Extract<Statement, { kind: "create" }>, end: () => Promise<void>): Promise<void> {
		const { table: name, replaces, mayExist } = statement;
		if (!this.#isSelected(name)) return;
		const known = this.#known(name);
		if (known === undefined) return this.#join(name);
		if (this.#reader.isLoaded(known) || (mayExist && !replaces)) return;
		await this.#reloadAfter(end, name);
	}

	/** A table without rows yet joins, and is there for readers with its columns; its rows come as changes. */
	async #join(name: TableName): Promise<void> {
		if (!this.#newTables.admit(name)) return;
		const { access, rules, log } = this.#reader.parts;
		const table = newTable(name, "Table completed");
		const read = await this.#orFail(table, () => this.#source.readDefinition(access, name));
		this.#state.tables.set(tableId(name), table);
		this.#reader.hasNews = true;
		log.info(`${tableId(name)} joins`);
		if (read === undefined || read === "failed") return;
		const taken = await this.#orFail(table, () => takeColumns(rules, name, read.tableSchema, undefined));
		if (taken === "failed") return;
		Object.assign(table, taken, { definedAt: read.at });
		this.#reader.batch.addCreated(name, () => this.#addEmptyFile(table));
	}

	/** A right was given or taken: what of a table may not be read must not come by the binlog, which has all of it. */
	async #checkRights(): Promise<void> {
		const tables = [...this.#state.tables.values()].filter(({ state }) => state !== "Table error");
		const refused = await this.#source.refused(tables);
		for (const table of tables) {
			const error = refused.get(tableId(table));
			if (error !== undefined) await this.failOrThrow(table, error);
		}
	}

	async #drop(found: readonly (TableCheckpoint | undefined)[], end: () => Promise<void>): Promise<void> {
		const tables = found.filter((table) => table !== undefined).filter((table) => !this.#reader.isLoaded(table));
		if (tables.length === 0) return;
		for (const table of tables) {
			this.#state.leave(table);
			await this.#reader.batch.drop(tableId(table));
			this.#state.tables.delete(tableId(table));
			this.#reader.parts.log.info(`${tableId(table)} was dropped`);
		}
		await end();
		await this.#reader.publish({ clear: tables.map(folderOf), files: [] });
	}

	async #truncate(table: TableCheckpoint | undefined, end: () => Promise<void>): Promise<void> {
		if (table === undefined) return;
		this.#count(table);
		if (this.#reader.isLoaded(table) || table.state === "Table error") return;
		await this.#reader.batch.drop(tableId(table));
		await this.#addEmptyFile(table);
		await end();
		await this.#reader.publish({ clear: [folderOf(table)], files: [] });
	}

	async #alter(statement: Extract<Statement, { kind: "alter" }>, end: () => Promise<void>): Promise<void> {
		const table = this.#known(statement.table);
		const { to } = statement;
		const moved = [...statement.others, ...(to === undefined ? [] : [to])];
		if (table === undefined) return this.#reloadAfter(end, ...moved);
		this.#count(table);
		if (moved.length > 0) return this.#reloadAfter(end, table, ...moved);
		// Whoever loaded it did not know where its columns come from.
		if (this.#reader.isLoaded(table)) return this.#reloadAfter(end, table);
		if (table.state === "Table error") {
			// IMPORT TABLESPACE, for one, may have ended what was wrong. One that was never loaded may be left out on purpose.
			const mayBeWell = statement.alteration.opaque && table.columns.length > 0;
			return mayBeWell ? this.#reloadAfter(end, table) : undefined;
		}
		// A definition read after this statement may hold later ones too, and then does not show what this one did.
		const polluted = table.definedAt !== undefined && comparePositions(this.#reader.groupStart, table.definedAt) < 0;
		const { access, rules } = this.#reader.parts;
		const read = polluted ? undefined : await this.#orFail(table, () => this.#source.readDefinition(access, table));
		if (read === "failed") return;
		const take = () => read && takeColumns(rules, table, read.tableSchema, this.#newTables.before(table));
		const taken = await this.#orFail(table, take);
		if (taken === "failed") return;
		const change = taken === undefined ? "reload" : schemaChange(table, taken, statement.alteration);
		if (taken === undefined || change === "reload") return this.#reloadAfter(end, table);
		Object.assign(table, taken, { definedAt: read?.at });
		if (change === "none") return;
		await this.#reader.batch.writeParts();
		await this.#addEmptyFile(table);
		await end();
		await this.#reader.publish();
	}

	async #orFail<T>(table: TableCheckpoint, work: () => T | Promise<T>): Promise<T | "failed"> {
		try {
			return await work();
		} catch (error) {
			await this.failOrThrow(table, error);
			return "failed";
		}
	}

	/** A file of no rows, so that readers see the table's new state immediately. */
	async #addEmptyFile(table: TableCheckpoint): Promise<void> {
		if (table.columns.length === 0) return;
		try {
			await this.#reader.batch.addEmptyFile(table, makeLayout(table.columns, table.key));
		} catch (error) {
			await this.failOrThrow(table, error);
		}
	}

	async #reloadAfter(end: () => Promise<void>, ...names: TableName[]): Promise<void> {
		const wanted = names
			.filter((name) => this.#known(name) !== undefined || (this.#isSelected(name) && this.#newTables.admit(name)))
			.map((name) => tableId(this.#known(name) ?? name));
		const ids = [...new Set(wanted)].filter((id) => {
			const table = this.#state.tables.get(id);
			return table === undefined || !this.#reader.isLoaded(table) || this.#newTables.exposes(table);
		});
		if (ids.length === 0) return;
		// The end of the statement may be saved before they are loaded.
		for (const id of ids) {
			const table = this.#state.tables.get(id) ?? newTable(this.#reloads.nameOf(id), "Table is being reloaded");
			this.#state.tables.set(id, Object.assign(table, { state: "Table is being reloaded" }));
		}
		await end();
		await this.#reloads.reload(ids);
	}

	#count(table: TableCheckpoint): void {
		table.ddls += 1;
		this.#reader.hasNews = true;
		table.updatedAt = new Date().toISOString();
	}

	#isSelected(name: TableName): boolean {
		return this.#newTables.isSelected(name);
	}

	#known(name: TableName): TableCheckpoint | undefined {
		return this.#state.find(name);
	}
}
