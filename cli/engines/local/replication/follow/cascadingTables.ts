import type { Cascade } from "../../../mysql/cascades.ts";
import type { Statement } from "../ddl/statement.ts";
import { DecodeError } from "../decode/byteReader.ts";
import { readRows } from "../decode/rowsEvent.ts";
import type { Row } from "../model/row.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import type { ChangeReader } from "./changeReader.ts";
import type { ChangeSource } from "./changeSource.ts";
import type { RowsEvent } from "./openBatch.ts";

/** In an ALTER TABLE, also with comments in between. Other engines than InnoDB have no foreign keys. */
const losesKey = /\bDROP\b.*\b(FOREIGN|CONSTRAINT)\b|\bENGINE\b(?!\s*=?\s*InnoDB\b)/is;
/** How many times as long as the last reload took the next one waits, so that most of the time is left for changes. */
const restFactor = 9;

/**
 * Children of foreign keys that cascade where the binlog has nothing of it: after a change of the parent they are reloaded, at most
 * once in each batch's time. Until then their state says so, also in the checkpoint.
 */
export class CascadingTables {
	readonly #reader: ChangeReader;
	readonly #source: Pick<ChangeSource, "cascades">;
	/** By the parent's id. A key that was dropped stays: changes from before may still come. */
	readonly #byParent = new Map<string, Map<string, Cascade>>();
	/** Children that the open transaction changed. */
	readonly #changed = new Set<string>();
	/** Whether the source logs what foreign keys do. */
	#isLogged = false;
	#hasRead = false;
	#isKnown = false;
	#staleSince: number | undefined;
	#notBefore = 0;

	constructor(reader: ChangeReader, source: Pick<ChangeSource, "cascades">) {
		this.#reader = reader;
		this.#source = source;
		for (const { state } of reader.state.tables.values()) if (state === "Table is being reloaded") this.#staleSince = 0;
	}

	async read(): Promise<void> {
		const [isFirst, cascades] = [!this.#hasRead, await this.#source.cascades()];
		this.#isLogged = cascades === undefined;
		for (const cascade of cascades ?? []) {
			const parent = tableId(cascade.parent);
			const ofParent = this.#byParent.get(parent) ?? new Map<string, Cascade>();
			this.#byParent.set(parent, ofParent.set(JSON.stringify(cascade), cascade));
			// Changes of it that came before were not read.
			if (ofParent.size === 1 && !isFirst && !this.#isOurs(cascade.parent)) this.#mark(tableId(cascade.child));
		}
		[this.#hasRead, this.#isKnown] = [true, true];
		this.#reader.parts.onCascading(this.#children());
	}

	/** Only at the end of a transaction: a parent of another schema is read from here on. */
	async readIfNew(): Promise<void> {
		if (this.#isKnown) return;
		await this.read();
		this.commit();
	}

	/** Whether changes of a table change others. */
	hasParent(name: TableName): boolean {
		return this.#byParent.has(tableId(name));
	}

	begin(): void {
		this.#changed.clear();
	}

	/** Notes which tables a change of rows changed by the way. @returns false where the foreign keys must be read first. */
	note(event: RowsEvent): boolean {
		if (!this.#isKnown) return false;
		const cascades = this.#byParent.get(event.table.id);
		if (cascades === undefined) return true;
		for (const { child, onDelete, onUpdate, columns } of cascades.values()) {
			if (event.rows.operation === "D" && onDelete) this.#mark(tableId(child));
			if (event.rows.operation === "U" && onUpdate && hasOtherValues(event, columns)) this.#mark(tableId(child));
		}
		return true;
	}

	/** Changes that nobody could read may have been of any kind. @returns false where the foreign keys must be read first. */
	noteUnread(parent: TableName): boolean {
		if (!this.#isKnown) return false;
		for (const { child } of this.#byParent.get(tableId(parent))?.values() ?? []) this.#mark(tableId(child));
		return true;
	}

	/**
	 * What is renamed, itself or its columns, or loses a foreign key, may have had changes before of which the keys as they are now
	 * say nothing.
	 */
	async noteStatement(statement: Statement, sql: string): Promise<void> {
		if (this.#isLogged || !["create", "drop", "dropSchema", "rename", "alter"].includes(statement.kind)) return;
		this.#isKnown = false;
		const renamed = statement.kind === "rename" ? statement.pairs.map(({ to }) => to) : [];
		if (statement.kind === "alter") {
			if (statement.to !== undefined) renamed.push(statement.to);
			if (/\b(RENAME|CHANGE)\b/i.test(sql)) renamed.push(statement.table);
			if (losesKey.test(sql)) this.#mark(tableId(statement.table));
		}
		if (renamed.length > 0) await this.read();
		for (const name of renamed) this.noteUnread(name);
		this.commit();
	}

	/** The open transaction counts. */
	commit(): void {
		for (const id of this.#changed) {
			const table = this.#reader.state.tables.get(id);
			if (table === undefined || table.state === "Table error" || this.#reader.isLoaded(table)) continue;
			if (table.state !== "Table is being reloaded") {
				this.#reader.parts.log.info(`${id} must be reloaded: a change of another table cascaded to it`);
			}
			table.state = "Table is being reloaded";
			this.#staleSince ??= performance.now();
			this.#reader.hasNews = true;
		}
		this.#changed.clear();
	}

	/** Reloads what waits for it. Only at the end of a transaction. */
	async reloadIfDue(reload: (ids: readonly string[]) => Promise<void>): Promise<void> {
		const now = performance.now();
		const { state, parts } = this.#reader;
		if (this.#reader.waits) this.#staleSince ??= now;
		this.#reader.waits = false;
		if (this.#staleSince === undefined || now < Math.max(this.#staleSince + parts.limits.intervalMs, this.#notBefore)) {
			return;
		}
		this.#staleSince = undefined;
		await reload([...state.tables].filter(([, table]) => table.state === "Table is being reloaded").map(([id]) => id));
		this.#notBefore = performance.now() + restFactor * (performance.now() - now);
	}

	#children(): string[] {
		const cascades = [...this.#byParent.values()].flatMap((ofParent) => [...ofParent.values()]);
		const ours = cascades.map(({ child }) => child).filter((child) => this.#isOurs(child));
		return [...new Set(ours.map(tableId))].sort();
	}

	#isOurs({ schema }: TableName): boolean {
		return this.#reader.parts.access.schemas.includes(schema);
	}

	#mark(id: string): void {
		if (this.#changed.has(id)) return;
		this.#changed.add(id);
		const table = this.#reader.state.tables.get(id);
		if (table !== undefined && !this.#reader.isLoaded(table)) this.#reader.touched.add(id);
		// Its own children too: which of its rows changed, and how, nobody says.
		for (const { child } of this.#byParent.get(id)?.values() ?? []) this.#mark(tableId(child));
	}
}

function hasOtherValues(event: RowsEvent, columns: readonly string[]): boolean {
	const indexes = columns.map((name) => event.table.columns.findIndex((column) => column.name === name));
	// A column that is not there was renamed since.
	if (indexes.includes(-1)) return true;
	try {
		const { rows, before } = readRows(event.rows);
		return rows.some((row, place) => indexes.some((index) => !isSame(row[index], before[place]?.[index])));
	} catch (error) {
		if (error instanceof DecodeError) return true;
		throw error;
	}
}

function isSame(a: Row[number], b: Row[number] | undefined): boolean {
	return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}
