import { parseStatement } from "../../cli/engines/local/replication/ddl/statement.ts";
import type { ChangeReader } from "../../cli/engines/local/replication/follow/changeReader.ts";
import type { Definitions } from "../../cli/engines/local/replication/follow/changeSource.ts";
import { DdlHandler } from "../../cli/engines/local/replication/follow/ddlHandler.ts";
import { NewTables } from "../../cli/engines/local/replication/follow/newTables.ts";
import { OpenBatch } from "../../cli/engines/local/replication/follow/openBatch.ts";
import type { ReaderParts } from "../../cli/engines/local/replication/follow/readerParts.ts";
import { TableReloads } from "../../cli/engines/local/replication/follow/tableReloads.ts";
import { applyLoad, type LoadResult } from "../../cli/engines/local/replication/load/loadTables.ts";
import { failedTable } from "../../cli/engines/local/replication/load/parallelLoad.ts";
import type { TakeSchema } from "../../cli/engines/local/replication/load/tableLoader.ts";
import type {
	Checkpoint,
	ColumnDefinition,
	TableCheckpoint,
} from "../../cli/engines/local/replication/model/checkpoint.ts";
import { RotatingLog } from "../../cli/engines/local/replication/model/log.ts";
import { comparePositions, type Position } from "../../cli/engines/local/replication/model/position.ts";
import { Rules } from "../../cli/engines/local/replication/model/rules.ts";
import { initialSequence } from "../../cli/engines/local/replication/model/sequence.ts";
import { asWritten, type StoredName } from "../../cli/engines/local/replication/model/storedName.ts";
import { type TableName, tableId } from "../../cli/engines/local/replication/model/tableName.ts";
import { takeColumns } from "../../cli/engines/local/replication/model/takeColumns.ts";
import { newTable, TaskState } from "../../cli/engines/local/replication/model/taskState.ts";
import type { TableSchema } from "../../cli/engines/local/replication/mysql/tableSchema.ts";
import { parsePipeline } from "../../etl/contract/pipeline/parse.ts";

/** A source of tables without rows, whose binlog has statements only. Its columns are texts, except the key `id`. */
export class FakeSource {
	/** Names of columns by `schema.table`, in order. */
	readonly tables = new Map<string, string[]>();
	/** Expressions of generated columns, by name. */
	readonly generated = new Map<string, string>();
	readonly log: string[] = [];
	/** Thrown by the next load. */
	failure: Error | undefined;

	get position(): Position {
		return placeOf(this.log.length);
	}

	/** @param effect what the statement does to `tables`. */
	execute(sql: string, effect: (tables: Map<string, string[]>) => void): void {
		this.log.push(sql);
		effect(this.tables);
	}

	schemaOf(name: TableName): TableSchema | undefined {
		const columns = this.tables.get(tableId(name));
		if (columns === undefined) return undefined;
		return { columns: ["id", ...columns].map((column) => this.#column(column)), key: ["id"] };
	}

	load(names: readonly TableName[], take: TakeSchema): LoadResult {
		const failure = this.failure;
		this.failure = undefined;
		if (failure !== undefined) throw failure;
		const result: LoadResult = {
			...{ position: this.position, gtid: "", server: { flavour: "mariadb", id: "1" } },
			...{ loaded: [], missing: [], failed: [], moved: [] },
		};
		for (const name of names) {
			const read = this.schemaOf(name);
			try {
				if (read === undefined) result.missing.push(name);
				else result.loaded.push({ name, tableSchema: take(name, read), rows: 0, files: [] });
			} catch (error) {
				result.failed.push(failedTable({ name, error: error as Error }));
			}
		}
		return result;
	}

	#column(name: string): ColumnDefinition {
		const type = name === "id" ? "int(11)" : "varchar(40)";
		const generated = this.generated.get(name) ?? "";
		return { name, type, nullable: true, defaultsToNull: generated === "", charset: null, generated };
	}
}

function placeOf(index: number): Position {
	return { file: "bin.000001", offset: 100 + index };
}

export function rulesOf(definition: string, schemas = ["shop"]): Rules {
	return new Rules(parsePipeline(`name: own\n${definition}`, "pipeline.yaml"), schemas);
}

/** Reads a fake source's statements as the binlog reader does, by what is real of it, and saves its state as that does. */
export class FakeReader implements ChangeReader {
	state: TaskState;
	readonly parts: ReaderParts;
	batch: OpenBatch;
	readonly reloadAtCommit = new Set<string>();
	readonly touched = new Set<string>();
	groupEnd: Position | undefined;
	readonly foldsCase: boolean;
	readonly stored: StoredName;
	waits = false;
	hasNews = false;
	checkpoint: Checkpoint;
	/** Folders that were cleared. */
	readonly cleared: string[] = [];
	/** Files that were published. */
	readonly files: string[] = [];
	/** Files that were written, for nothing or not. */
	writes = 0;
	newTables: NewTables;
	#ddl: DdlHandler;
	#reloads: TableReloads;
	readonly #source: FakeSource;

	/** Loads all that the source has. */
	constructor(source: FakeSource, rules: Rules, schemas = ["shop"], foldsCase = false) {
		this.#source = source;
		this.foldsCase = foldsCase;
		this.stored = foldsCase ? (name) => name.toLowerCase() : asWritten;
		const write = async (): Promise<void> => {
			this.writes += 1;
		};
		const stage = { discard: async () => undefined, write, rows: 0 };
		this.parts = {
			access: { schemas },
			engine: { stage: async () => stage },
			...{
				staging: "/nowhere",
				rules,
				log: new RotatingLog("/dev/null"),
				onProgress: () => undefined,
				onStep: () => undefined,
			},
		} as unknown as ReaderParts;
		const tables = new Map<string, TableCheckpoint>();
		const names = [...source.tables.keys()].map(nameOf).filter((name) => rules.isSelected(name, foldsCase));
		const result = source.load(names, (name, read) => takeColumns(rules, name, read, undefined));
		applyLoad(tables, result, (name) => newTable(name, "Before load"));
		this.checkpoint = {
			...{ version: 1, server: result.server, sequence: initialSequence, prepared: {}, loadedAt: "", foldsCase },
			...{ position: { ...source.position, gtid: "", fileCreated: 0 }, tables: [...tables.values()] },
		};
		[this.state, this.batch, this.newTables, this.#ddl, this.#reloads] = this.#begin();
	}

	get groupStart(): Position {
		return this.state.position;
	}

	/** Statements that were read. */
	get read(): number {
		return this.state.position.offset - 100;
	}

	/** Reads the next statement. @param saves whether its end is saved before what it does. */
	async next(saves = false): Promise<void> {
		const end = placeOf(this.read + 1);
		const sql = this.#source.log[this.read] ?? "";
		let ended = false;
		const atEnd = async (): Promise<void> => {
			if (ended) return;
			ended = true;
			this.state.position = end;
			this.groupEnd = end;
			if (saves) await this.publish();
		};
		await this.#ddl.standalone(parseStatement(sql, "shop", this.stored), atEnd);
		await atEnd();
	}

	/** Starts again from what was saved, as after a crash. */
	async restart(): Promise<void> {
		this.groupEnd = undefined;
		[this.state, this.batch, this.newTables, this.#ddl, this.#reloads] = this.#begin();
		await this.reload(
			[...this.state.tables].filter(([, { state }]) => state === "Table is being reloaded").map(([id]) => id),
		);
	}

	reload(ids: readonly string[], purged?: ReadonlySet<string>): Promise<void> {
		return this.#reloads.reload(ids, purged);
	}

	isLoaded(table: TableCheckpoint): boolean {
		return table.loadedAt !== undefined && comparePositions(this.groupStart, table.loadedAt) < 0;
	}

	async publish(extra = { clear: [] as string[], files: [] as unknown[] }): Promise<void> {
		this.files.push(...(await this.batch.close(this.state.sequence)).map(({ to }) => to));
		this.checkpoint = this.state.toCheckpoint();
		this.cleared.push(...extra.clear);
	}

	async failTable(table: TableCheckpoint, error: unknown): Promise<void> {
		Object.assign(table, { state: "Table error", error: (error as Error).message });
	}

	/** What is done with each column of a table, as it is saved. */
	actions(table: string): Record<string, string> | undefined {
		const found = this.state.tables.get(`shop.${table}`);
		return found && Object.fromEntries(found.columns.map(({ name, action }) => [name, action ?? "keep"]));
	}

	#begin(): [TaskState, OpenBatch, NewTables, DdlHandler, TableReloads] {
		const state = new TaskState(this.checkpoint);
		this.state = state;
		const batch = new OpenBatch(this.parts.engine, this.parts.staging, this.parts.rules);
		const newTables = new NewTables(this);
		const source: Definitions = {
			refused: async () => new Map(),
			readDefinition: async (_, name) => {
				const tableSchema = this.#source.schemaOf(name);
				return tableSchema && { tableSchema, at: this.#source.position };
			},
			loadTables: async (_, names, __, ___, takeAt) => this.#source.load(names, await takeAt(this.#source.position)),
			statements: async (from, to) =>
				this.#source.log
					.slice(from.offset - 100, to.offset - 100)
					.map((sql) => parseStatement(sql, "shop", this.stored)),
		};
		const reloads = new TableReloads(this, newTables, source);
		const ddl = new DdlHandler(this, newTables, source, reloads);
		return [state, batch, newTables, ddl, reloads];
	}
}

export function nameOf(id: string): TableName {
	const [schema = "", table = ""] = id.split(".");
	return { schema, table };
}
