import { PipelineError } from "../../../../common/errors.ts";
import { qualifiedName } from "../../../mysql/quote.ts";
import { schemaChange } from "../ddl/schemaChange.ts";
import type { Statement } from "../ddl/statement.ts";
import { applyLoad, loadTables } from "../load/loadTables.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import { isOutOfSpace } from "../model/fullDisk.ts";
import { comparePositions, type Position } from "../model/position.ts";
import { folderOf, requireFolder, type TableName, tableId } from "../model/tableName.ts";
import { newTable } from "../model/taskState.ts";
import { isTransient } from "../mysql/errors.ts";
import { Server } from "../mysql/server.ts";
import { readTableSchema, type TableSchema } from "../mysql/tableSchema.ts";
import { makeLayout } from "../parquet/layout.ts";
import type { ChangeReader } from "./changeReader.ts";

/** What statements of the binlog do to tables and their files. One commit holds a statement's effect and the position after it. */
export class DdlHandler {
	readonly #reader: ChangeReader;

	constructor(reader: ChangeReader) {
		this.#reader = reader;
	}

	/**
	 * A statement that is an event group of its own.
	 * @param end marks the group as read; called before its effect is committed.
	 */
	async standalone(statement: Statement, end: () => Promise<void>): Promise<void> {
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
					[...this.#state.tables.values()].filter((table) => this.#sameName(table.schema, statement.schema)),
					end,
				);
			case "truncate":
				return this.#truncate(this.#known(statement.table), end);
			case "rename":
				return this.#reloadAfter(end, ...statement.pairs.flatMap(({ from, to }) => [from, to]));
			case "alter":
				return this.#alter(statement, end);
			case "data":
				return this.#reloadAfter(end, ...this.#state.tables.values());
			case "xaCommit": {
				const ids = this.#state.prepared.get(statement.xid) ?? [...this.#state.tables.keys()];
				this.#state.prepared.delete(statement.xid);
				await end();
				return this.reload(ids);
			}
			case "xaRollback":
				this.#state.prepared.delete(statement.xid);
				return;
			default:
				return;
		}
	}

	/** A statement between the rows of a transaction, for instance CREATE TABLE … SELECT. */
	async insideTransaction(statement: Statement): Promise<void> {
		const { reloadAtCommit } = this.#reader;
		if (statement.kind === "data") {
			for (const [id, table] of this.#state.tables) if (!this.#reader.isLoaded(table)) reloadAtCommit.add(id);
		} else if (statement.kind === "create" && this.#isSelected(statement.table)) {
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

	/** Reloads tables from a snapshot of now; tables that are gone leave. Only at the end of a transaction. */
	async reload(ids: readonly string[]): Promise<void> {
		if (ids.length === 0) return;
		const { parts, batch } = this.#reader;
		const names = ids.map((id) => this.#nameOf(id));
		for (const name of names) {
			await batch.drop(tableId(name));
			const table = this.#state.tables.get(tableId(name));
			if (table !== undefined) table.state = "Table is being reloaded";
		}
		parts.log.info(`reloading ${ids.join(", ")}`);
		parts.onProgress();
		const result = await loadTables(
			parts.access,
			names,
			parts.engine,
			parts.staging,
			{
				table: (name, rows) => {
					const table = this.#state.tables.get(tableId(name));
					if (table !== undefined) table.fullLoadRows = rows;
					parts.onProgress();
				},
			},
			parts.stop,
			this.#reader.groupEnd,
		);
		for (const { name, error } of result.failed) parts.log.error(`${tableId(name)}: ${error}`);
		await this.#reader.publish(applyLoad(this.#state.tables, result, (name) => newTable(name, "Full load")));
	}

	/** A fault of one table takes that table out; any other is thrown. */
	async failOrThrow(table: TableCheckpoint, error: unknown): Promise<void> {
		if (error instanceof PipelineError || isOutOfSpace(error) || isTransient(error)) throw error;
		await this.#reader.failTable(table, error);
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

	/** A table without rows yet joins; its rows come as changes. */
	async #join(name: TableName): Promise<void> {
		const table = newTable(name, "Table completed");
		const read = await this.#readTableSchema(name);
		if (read !== undefined) Object.assign(table, read.tableSchema, { definedAt: read.at });
		this.#state.tables.set(tableId(name), table);
		this.#reader.hasNews = true;
		this.#reader.parts.log.info(`${tableId(name)} joins`);
	}

	async #drop(found: readonly (TableCheckpoint | undefined)[], end: () => Promise<void>): Promise<void> {
		const tables = found.filter((table) => table !== undefined).filter((table) => !this.#reader.isLoaded(table));
		if (tables.length === 0) return;
		for (const table of tables) {
			await this.#reader.batch.drop(tableId(table));
			this.#state.tables.delete(tableId(table));
			this.#reader.parts.log.info(`${tableId(table)} was dropped`);
		}
		await end();
		await this.#reader.publish({ clear: tables.map(folderOf).filter((folder) => folder !== undefined), files: [] });
	}

	async #truncate(table: TableCheckpoint | undefined, end: () => Promise<void>): Promise<void> {
		if (table === undefined) return;
		this.#count(table);
		if (this.#reader.isLoaded(table) || table.state === "Table error") return;
		await this.#reader.batch.drop(tableId(table));
		await this.#addEmptyFile(table);
		await end();
		await this.#reader.publish({ clear: [requireFolder(table)], files: [] });
	}

	async #alter(statement: Extract<Statement, { kind: "alter" }>, end: () => Promise<void>): Promise<void> {
		const table = this.#known(statement.table);
		const moved = [...statement.others, ...(statement.to === undefined ? [] : [statement.to])];
		if (table === undefined) return this.#reloadAfter(end, ...moved);
		this.#count(table);
		if (moved.length > 0) return this.#reloadAfter(end, table, ...moved);
		if (this.#reader.isLoaded(table)) return;
		if (table.state === "Table error") return;
		// A definition read after this statement may hold later ones too, and then does not show what this one did.
		const polluted = table.definedAt !== undefined && comparePositions(this.#reader.groupStart, table.definedAt) < 0;
		const read = polluted ? undefined : await this.#readTableSchema(table);
		const change = read === undefined ? "reload" : schemaChange(table, read.tableSchema, statement.alteration);
		if (read === undefined || change === "reload") return this.#reloadAfter(end, table);
		Object.assign(table, read.tableSchema, { definedAt: read.at });
		if (change === "none") return;
		await this.#reader.batch.writeParts();
		await this.#addEmptyFile(table);
		await end();
		await this.#reader.publish();
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
		const wanted = names.filter((name) => this.#isSelected(name)).map((name) => tableId(this.#known(name) ?? name));
		const ids = [...new Set(wanted)].filter((id) => {
			const table = this.#state.tables.get(id);
			return table === undefined || !this.#reader.isLoaded(table);
		});
		if (ids.length === 0) return;
		await end();
		await this.reload(ids);
	}

	/** A table's definition, and the position up to which it is known to hold every change of itself. */
	async #readTableSchema(name: TableName): Promise<{ tableSchema: TableSchema; at: Position } | undefined> {
		const server = await Server.connect(this.#reader.parts.access);
		try {
			await server.connection.query("SET SESSION lock_wait_timeout = 300");
			// Reading the table first holds back any ALTER until the position is read.
			await server.connection.query("START TRANSACTION");
			await server.rows(`SELECT 1 FROM ${qualifiedName(name)} LIMIT 1`);
			const tableSchema = await readTableSchema(server, name);
			return tableSchema === undefined ? undefined : { tableSchema, at: await server.currentPosition() };
		} catch (error) {
			if ((error as { errno?: number }).errno === 1146) return undefined;
			throw error;
		} finally {
			await server.close();
		}
	}

	#count(table: TableCheckpoint): void {
		table.ddls += 1;
		this.#reader.hasNews = true;
		table.updatedAt = new Date().toISOString();
	}

	#isSelected({ schema }: TableName): boolean {
		return this.#reader.parts.access.schemas.some((selected) => this.#sameName(selected, schema));
	}

	#known(name: TableName): TableCheckpoint | undefined {
		const exact = this.#state.tables.get(tableId(name));
		if (exact !== undefined || !this.#reader.foldsCase) return exact;
		return [...this.#state.tables.values()].find(
			(table) => this.#sameName(table.schema, name.schema) && this.#sameName(table.table, name.table),
		);
	}

	#sameName(a: string, b: string): boolean {
		return a === b || (this.#reader.foldsCase && a.toLowerCase() === b.toLowerCase());
	}

	#nameOf(id: string): TableName {
		const table = this.#state.tables.get(id);
		if (table !== undefined) return { schema: table.schema, table: table.table };
		const schema = this.#reader.parts.access.schemas.find((selected) => id.startsWith(`${selected}.`)) ?? "";
		return { schema, table: id.slice(schema.length + 1) };
	}
}
