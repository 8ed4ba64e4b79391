import { join } from "node:path";
import { messageOf, PipelineError } from "../../../../common/errors.ts";
import { entriesOf } from "../../../../common/fs.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { BinlogStream } from "../binlog/binlogStream.ts";
import { NewTables } from "../follow/newTables.ts";
import { statementsBetween } from "../follow/statementsBetween.ts";
import { applyLoad, type LoadResult, loadTables, type ReadStatements } from "../load/loadTables.ts";
import type { TakeSchema } from "../load/tableLoader.ts";
import type { Checkpoint, TableCheckpoint } from "../model/checkpoint.ts";
import type { RotatingLog } from "../model/log.ts";
import { formatPosition, type Position } from "../model/position.ts";
import type { Rules } from "../model/rules.ts";
import { initialSequence, Sequence } from "../model/sequence.ts";
import type { StoredName } from "../model/storedName.ts";
import { withoutLeft } from "../model/tableHistory.ts";
import { folderOf, type TableName, tableId } from "../model/tableName.ts";
import { takeColumns } from "../model/takeColumns.ts";
import { newTable, TaskState } from "../model/taskState.ts";
import { LostSource } from "../mysql/errors.ts";
import { requireBinlog, requireHistory, Server } from "../mysql/server.ts";
import { listTables } from "../mysql/tableSchema.ts";
import type { ParquetEngine } from "../parquet/parquetEngine.ts";
import type { Store } from "../publish/store.ts";
import type { ProgressWatch } from "./progressWatch.ts";
import { requireNamed } from "./requireNamed.ts";
import type { StatusBoard } from "./statusBoard.ts";

export interface InitialLoadParts {
	access: SourceAccess;
	serverId: number;
	engine: ParquetEngine;
	staging: string;
	raw: string;
	store: Store;
	rules: Rules;
	log: RotatingLog;
	board: StatusBoard;
	watch: ProgressWatch;
	stop: AbortSignal;
	/** Called when the source has answered and its tables are known. */
	onBegin(): void;
}

/**
 * Loads every table of the selected schemas from one snapshot; all of it appears in the raw zone together, and the checkpoint with
 * it. What the raw zone holds of tables that are gone is removed.
 * @param before the checkpoint so far; change sequences and file names go on from it.
 * @param purged `schema.table` of tables whose files go also where they cannot be loaded.
 */
export async function loadAll(
	parts: InitialLoadParts,
	before: Checkpoint | undefined,
	purged: ReadonlySet<string> = new Set(),
): Promise<void> {
	const { access, log, board } = parts;
	const ignored = new Set(before?.ignored);
	const left = before === undefined ? undefined : new TaskState(before);
	let known = left;
	const { names, foldsCase, stored } = await findTables(parts, ignored, left);
	const statements: ReadStatements = (from, to) =>
		statementsBetween(access, parts.serverId + 1, stored, from, to, parts.stop);
	const tables = new Map<string, TableCheckpoint>();
	for (const name of names) tables.set(tableId(name), newTable(name, "Before load"));
	parts.onBegin();
	board.showLoad(tables);
	log.info(`full load of ${names.length} tables`);
	await parts.store.clearStaging();
	const progress = {
		table: (name: TableName, rows: number, done: boolean): void => {
			const table = tables.get(tableId(name));
			parts.watch.note(`${tableId(name)} had ${rows} rows loaded`);
			if (table === undefined) return;
			Object.assign(table, { fullLoadRows: rows, state: done ? "Table completed" : "Full load" });
			table.updatedAt = new Date().toISOString();
			board.update();
		},
		said: (text: string): void => log.info(`full load: ${text}`),
	};
	const takeAt = async (snapshot: Position): Promise<TakeSchema> => {
		const later = left && (await knownAt(parts, left, statements, snapshot));
		known = later ?? left;
		return (name, read) => takeColumns(parts.rules, name, read, known?.historyOf(name), [], later === undefined);
	};
	const { engine, staging, stop } = parts;
	const sequence = new Sequence(before?.sequence ?? initialSequence);
	const time = sequence.nextTime(Date.now());
	const result = await loadTables(access, names, engine, staging, takeAt, progress, stop, statements, time);
	for (const { name, error } of result.failed) log.error(`${tableId(name)}: ${error}`);
	const fresh = (name: TableName): TableCheckpoint => newTable(name, "Before load");
	if (result.loaded.length === 0 && result.moved.length === 0 && !result.failed.some(({ waits }) => waits)) {
		if (known !== undefined) await removePurged(parts.store, known, result, fresh, purged);
		throw nothingLoaded(result.failed);
	}
	const { position, gtid, server } = result;
	const state = new TaskState({
		version: 1,
		server,
		position: { ...position, gtid, fileCreated: 0 },
		sequence: sequence.state,
		tables: [],
		prepared: {},
		chosen: parts.rules.chosen,
		rules: parts.rules.fingerprint,
		foldsCase,
		...(ignored.size === 0 ? {} : { ignored: [...ignored] }),
		loadedAt: new Date().toISOString(),
	});
	const publication = applyLoad(state.tables, result, fresh, purged);
	// Those made since the tables were listed and before the snapshot are in no change to come; they are loaded next.
	for (const name of await tablesSince(parts, ignored, names)) {
		state.tables.set(tableId(name), newTable(name, "Table is being reloaded"));
	}
	// Of tables that were not loaded, or are not replicated now, it stays known what is withheld.
	for (const history of known?.histories ?? []) {
		state.setHistory(history, purged.has(tableId(history)) ? withoutLeft(history) : history);
	}
	for (const table of known?.tables.values() ?? []) if (!state.tables.has(tableId(table))) known?.leave(table);
	for (const [id, table] of known?.former ?? []) if (!purged.has(id)) state.former.set(id, table);
	publication.clear.push(...(await foldersWithoutTable(parts.raw, access.schemas, names)));
	await parts.store.commit(state, publication);
	const rows = result.loaded.reduce((sum, table) => sum + table.rows, 0);
	log.info(`full load complete: ${result.loaded.length} tables, ${rows} rows, as of ${formatPosition(position)}`);
}

/**
 * What is known of tables where a snapshot is: statements that were not read may have moved what is withheld to another name.
 * @returns undefined where they cannot be read any more, or nothing is withheld.
 */
async function knownAt(
	{ access, rules, log }: InitialLoadParts,
	known: TaskState,
	statements: ReadStatements,
	snapshot: Position,
): Promise<TaskState | undefined> {
	if (!rules.withholds) return undefined;
	const state = new TaskState(known.toCheckpoint());
	const server = await Server.connect(access);
	try {
		await requireHistory(server, known.toCheckpoint());
		const tables = new NewTables({ parts: { rules, log }, state, foldsCase: server.foldsCase, hasNews: false });
		for (const statement of await statements(known.position, snapshot)) tables.note(statement);
		state.position = snapshot;
		return state;
	} catch (error) {
		if (!(error instanceof PipelineError)) throw error;
		log.warn(`new columns of a table with dropped or hashed columns are excluded: ${messageOf(error)}`);
		return undefined;
	} finally {
		await server.close();
	}
}

/** Old values must go also where no table can be loaded in their place. */
async function removePurged(
	store: Store,
	known: TaskState,
	result: LoadResult,
	fresh: (name: TableName) => TableCheckpoint,
	purged: ReadonlySet<string>,
): Promise<void> {
	const failed = result.failed.filter(({ name }) => purged.has(tableId(name)));
	if (failed.length === 0) return;
	for (const { name } of failed) {
		const history = known.historyOf(name);
		known.setHistory(name, history && withoutLeft(history));
	}
	await store.commit(known, applyLoad(known.tables, { ...result, missing: [], failed }, fresh, purged));
}

async function findTables(
	{ access, serverId, rules }: InitialLoadParts,
	ignored: ReadonlySet<string>,
	known: TaskState | undefined,
): Promise<{ names: TableName[]; foldsCase: boolean; stored: StoredName }> {
	const server = await Server.connect(access);
	try {
		await requireBinlog(server, access.schemas);
		await requireStream(access, serverId, await server.currentPosition());
		const databases = (await server.rows("SHOW DATABASES")).map((row) => String(Object.values(row)[0]));
		const unknown = access.schemas.filter((schema) => !databases.includes(schema));
		if (unknown.length > 0) {
			throw new PipelineError("usage", {
				what: `The source has no schema ${unknown.join(", ")}.`,
				why: `Schemas it has: ${databases.filter((name) => !systemSchemas.has(name)).join(", ") || "none"}.`,
				fix: "Create and fill the sample schemas, or choose other schemas with `source up --schema`.",
				next: "pipeline-cli source seed",
			});
		}
		const existing = await listTables(server, access.schemas);
		if (existing.length === 0) {
			throw new PipelineError("usage", {
				what: `The user has no access to any table in ${access.schemas.join(", ")}.`,
				fix: "Create tables in the schemas, or grant the user SELECT on them, then start replication again.",
				next: "pipeline-cli source seed",
			});
		}
		await requireNamed(rules, server, existing, known);
		const { foldsCase } = server;
		const stored = await server.storedName();
		const isLeftOut = (name: TableName) => ignored.has(tableId(name)) && rules.newTable(name, foldsCase) !== "include";
		return {
			names: existing.filter((name) => rules.isSelected(name, foldsCase) && !isLeftOut(name)),
			...{ foldsCase, stored },
		};
	} finally {
		await server.close();
	}
}

async function tablesSince(
	{ access, rules }: InitialLoadParts,
	ignored: ReadonlySet<string>,
	names: readonly TableName[],
): Promise<TableName[]> {
	const server = await Server.connect(access);
	try {
		const listed = new Set(names.map(tableId));
		return (await listTables(server, access.schemas)).filter(
			(name) =>
				!listed.has(tableId(name)) &&
				!ignored.has(tableId(name)) &&
				rules.isSelected(name, server.foldsCase) &&
				rules.newTable(name, server.foldsCase) === "include",
		);
	} finally {
		await server.close();
	}
}

function nothingLoaded(failed: readonly { name: TableName; error: string }[]): PipelineError {
	return new PipelineError("failure", {
		what: "No table could be loaded.",
		why: failed.map(({ name, error }) => `${tableId(name)}: ${error}`).join("; "),
		fix: "Fix the cause at the source, then start replication again.",
		next: "pipeline-cli replication start",
	});
}

/** A missing right to read the binlog is better known before the load than after it. */
async function requireStream(access: SourceAccess, serverId: number, position: Position): Promise<void> {
	const stream = new BinlogStream(access, serverId, () => false, position);
	try {
		const end = performance.now() + 30_000;
		while ((await stream.take(1_000)).length === 0) {
			if (performance.now() > end) throw new LostSource("the source does not send its binlog");
		}
	} finally {
		await stream.close();
	}
}

const systemSchemas = new Set(["mysql", "information_schema", "performance_schema", "sys"]);

async function foldersWithoutTable(
	raw: string,
	schemas: readonly string[],
	names: readonly TableName[],
): Promise<string[]> {
	const wanted = new Set(names.map(folderOf));
	const found: string[] = [];
	for (const schema of schemas) {
		const entries = await entriesOf(join(raw, schema));
		for (const entry of entries) if (entry.isDirectory()) found.push(`${schema}/${entry.name}`);
	}
	return found.filter((folder) => !wanted.has(folder));
}
