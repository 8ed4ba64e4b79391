import type { Checkpoint, ChosenTables, Publication, TableCheckpoint } from "./checkpoint.ts";
import { domainOf, sortGtids } from "./gtids.ts";
import { comparePositions, type Position } from "./position.ts";
import { Sequence } from "./sequence.ts";
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
	/** End of the last event group that was read whole. */
	position: Position;
	/** When the position's file was created, milliseconds since 1970; 0 while unknown. */
	fileCreated: number;
	latencySeconds: number | undefined;
	readonly #gtids: Map<string, string>;

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

	toCheckpoint(publication?: Publication): Checkpoint {
		for (const table of this.tables.values()) {
			if (table.loadedAt !== undefined && comparePositions(table.loadedAt, this.position) <= 0) delete table.loadedAt;
			if (table.definedAt !== undefined && comparePositions(table.definedAt, this.position) <= 0)
				delete table.definedAt;
		}
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
			prepared: Object.fromEntries(this.prepared),
			loadedAt: this.loadedAt,
			...(this.latencySeconds === undefined ? {} : { latencySeconds: this.latencySeconds }),
			...(publication === undefined ? {} : { publication }),
		};
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
