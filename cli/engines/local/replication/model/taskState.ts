import type {
	Checkpoint,
	ChosenTables,
	FormerTable,
	Publication,
	TableCheckpoint,
	TableHistory,
} from "./checkpoint.ts";
import { domainOf, sortGtids } from "./gtids.ts";
import { comparePositions, type Position } from "./position.ts";
import type { RuledTable } from "./rules.ts";
import { Sequence } from "./sequence.ts";
import { type TableBefore, tableBefore } from "./tableHistory.ts";
import { type TableName, tableId } from "./tableName.ts";

/** Where the replication stands, in memory: the checkpoint and what came after it. Thrown away and read again after a failure. */
export class TaskState {
	readonly tables = new Map<string, TableCheckpoint>();
	readonly sequence: Sequence;
	readonly prepared: Map<string, string[]>;
	readonly server: Checkpoint["server"];
	readonly loadedAt: string;
	/** Patterns by which the tables were chosen; undefined where all are. */
	chosen: ChosenTables | undefined;
	rules: string | undefined;
	foldsCase: boolean;
	/** Tables that came later and are left out for that, `schema.table`. */
	readonly ignored: Set<string>;
	/** Tables that are not there any more, `schema.table`. */
	readonly former: Map<string, FormerTable>;
	/** End of the last event group that was read whole. */
	position: Position;
	/** When the position's file was created, milliseconds since 1970; 0 while unknown. */
	fileCreated: number;
	latencySeconds: number | undefined;
	readonly #gtids: Map<string, string>;
	readonly #histories = new Map<string, TableHistory>();

	constructor(checkpoint: Checkpoint) {
		const { position, tables, prepared } = structuredClone(checkpoint);
		for (const table of tables) this.tables.set(tableId(table), table);
		this.sequence = new Sequence(checkpoint.sequence);
		this.prepared = new Map(Object.entries(prepared));
		this.server = checkpoint.server;
		this.loadedAt = checkpoint.loadedAt;
		this.chosen = checkpoint.chosen;
		this.rules = checkpoint.rules;
		this.foldsCase = checkpoint.foldsCase ?? false;
		this.ignored = new Set(checkpoint.ignored);
		this.former = new Map(structuredClone(checkpoint.former ?? []).map((table) => [tableId(table), table]));
		for (const history of structuredClone(checkpoint.histories ?? [])) {
			this.#histories.set(this.#key(history), history);
		}
		this.position = { file: position.file, offset: position.offset };
		this.fileCreated = position.fileCreated;
		this.latencySeconds = checkpoint.latencySeconds;
		this.#gtids = new Map(
			sortGtids(position.gtid)
				.split(",")
				.filter(Boolean)
				.map((gtid) => [domainOf(gtid), gtid]),
		);
	}

	/** Notes a MariaDB transaction as read. */
	addGtid(gtid: string): void {
		if (gtid !== "") this.#gtids.set(domainOf(gtid), gtid);
	}

	/** What is known of a table by the names where the binlog is read. */
	historyOf(name: TableName): TableBefore | undefined {
		return this.#histories.get(this.#key(name)) ?? tableBefore(this.find(name));
	}

	/** What is known of all tables, also of those that are not replicated now. */
	get histories(): TableHistory[] {
		const ofTables = [...this.tables.values()].map(({ schema, table }) => ({ schema, table }));
		const names = new Map([...this.#histories.values(), ...ofTables].map((name) => [this.#key(name), name]));
		return [...names.values()].flatMap(({ schema, table }) => {
			const history = this.historyOf({ schema, table });
			return history === undefined ? [] : [{ ...history, schema, table }];
		});
	}

	/** Notes that a table leaves: what was made of its rows stays in the processed zone. */
	leave(table: TableCheckpoint): void {
		const { schema, table: name, origin, columns, left = [] } = table;
		const kept = columns.filter(({ action }) => action === undefined).map((column) => column.name);
		const before = this.former.get(tableId(table))?.columns ?? [];
		const all = [...new Set([...before, ...kept, ...left.map((column) => column.name)])];
		if (all.length === 0 || (before.length === 0 && table.fullLoadRows + table.inserts === 0)) return;
		this.former.set(tableId(table), {
			...{ schema, table: name, columns: all },
			...(origin === undefined ? {} : { origin }),
		});
	}

	/** Every column of which something is known, with its table; may be changed in place. */
	*columns(): Iterable<[RuledTable, TableHistory["columns"][number]]> {
		for (const table of [...this.tables.values(), ...this.#histories.values()]) {
			for (const column of table.columns) yield [table, column];
		}
	}

	/** @param history undefined where nothing is known that its columns do not say. */
	setHistory(name: TableName, history: TableBefore | undefined): void {
		if (history === undefined) this.#histories.delete(this.#key(name));
		else this.#histories.set(this.#key(name), { ...history, schema: name.schema, table: name.table });
	}

	/** A table by its name, in whatever case where the source does not mind. */
	find(name: TableName): TableCheckpoint | undefined {
		const exact = this.tables.get(tableId(name));
		if (exact !== undefined || !this.foldsCase) return exact;
		const key = this.#key(name);
		return [...this.tables.values()].find((table) => this.#key(table) === key);
	}

	toCheckpoint(publication?: Publication): Checkpoint {
		for (const table of this.tables.values()) {
			if (table.loadedAt !== undefined && comparePositions(table.loadedAt, this.position) <= 0) delete table.loadedAt;
			if (table.definedAt !== undefined && comparePositions(table.definedAt, this.position) <= 0)
				delete table.definedAt;
		}
		this.#forgetSettled();
		return {
			version: 1,
			server: this.server,
			position: {
				...this.position,
				gtid: sortGtids([...this.#gtids.values()].join(",")),
				fileCreated: this.fileCreated,
			},
			sequence: this.sequence.state,
			tables: structuredClone([...this.tables.values()]),
			...(this.chosen === undefined ? {} : { chosen: this.chosen }),
			...(this.rules === undefined ? {} : { rules: this.rules }),
			...(this.foldsCase ? { foldsCase: true } : {}),
			...(this.ignored.size === 0 ? {} : { ignored: [...this.ignored] }),
			...(this.#histories.size === 0 ? {} : { histories: structuredClone([...this.#histories.values()]) }),
			...(this.former.size === 0 ? {} : { former: structuredClone([...this.former.values()]) }),
			prepared: Object.fromEntries(this.prepared),
			loadedAt: this.loadedAt,
			...(this.latencySeconds === undefined ? {} : { latencySeconds: this.latencySeconds }),
			...(publication === undefined ? {} : { publication }),
		};
	}

	/** A table whose columns are those at the position says all by itself; of one that is not there, only what it withholds counts. */
	#forgetSettled(): void {
		for (const [key, history] of this.#histories) {
			const table = this.find(history);
			const settled =
				table === undefined
					? history.origin === undefined && history.columns.every(({ action }) => action === undefined)
					: table.state === "Table completed" && table.loadedAt === undefined && table.definedAt === undefined;
			if (settled) this.#histories.delete(key);
		}
	}

	#key(name: TableName): string {
		return this.foldsCase ? tableId(name).toLowerCase() : tableId(name);
	}
}

/** A table that has had nothing yet. */
export function newTable(name: TableName, state: TableCheckpoint["state"]): TableCheckpoint {
	return {
		...name,
		state,
		columns: [],
		key: [],
		fullLoadRows: 0,
		inserts: 0,
		updates: 0,
		deletes: 0,
		ddls: 0,
		updatedAt: new Date().toISOString(),
	};
}
