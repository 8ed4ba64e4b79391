import { PipelineError } from "../../../../common/errors.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import type { Publication, TableCheckpoint } from "../model/checkpoint.ts";
import type { Position } from "../model/position.ts";
import { withoutLeft } from "../model/tableHistory.ts";
import { folderOf, requireFolder, type TableName, tableId } from "../model/tableName.ts";
import { openSnapshotAfter, type Snapshot } from "../mysql/snapshot.ts";
import type { ParquetEngine } from "../parquet/parquetEngine.ts";
import { affectsAll, isTableChanged, type LoadedTable, TableLoader, type TakeSchema } from "./tableLoader.ts";

/** What a full load of some tables gave. */
export interface LoadResult {
	/** Position of the snapshot; changes before it are in the files. */
	position: Position;
	gtid: string;
	server: { flavour: "mariadb" | "mysql"; id: string };
	loaded: LoadedTable[];
	/** Tables that do not exist at the source. */
	missing: TableName[];
	failed: { name: TableName; error: string }[];
}

export interface LoadProgress {
	/** @param rows read so far. @param done whether that was all. */
	table(name: TableName, rows: number, done: boolean): void;
}

const snapshotTries = 5;

/**
 * Loads tables from one consistent snapshot into staged files. A table that cannot be read does not hold up the others.
 * @param take what is done with each column of a table.
 * @param read what the snapshot must hold: the changes before this position were read from the binlog.
 * @throws where the source or the disk fails.
 */
export async function loadTables(
	access: SourceAccess,
	tables: readonly TableName[],
	engine: ParquetEngine,
	staging: string,
	take: TakeSchema,
	progress: LoadProgress,
	signal: AbortSignal,
	read?: Position,
): Promise<LoadResult> {
	for (let attempt = 1; ; attempt += 1) {
		let snapshot: Snapshot | undefined;
		try {
			snapshot = await openSnapshotAfter(read, access, tables, signal);
			return await loadFrom(snapshot, tables, new TableLoader(snapshot, engine, staging, take), progress, signal);
		} catch (error) {
			// A table was altered or dropped around the moment of the snapshot; a newer one can be taken.
			if (!isTableChanged(error) || attempt === snapshotTries) throw error;
		} finally {
			snapshot?.server.connection.destroy();
		}
	}
}

async function loadFrom(
	snapshot: Snapshot,
	tables: readonly TableName[],
	loader: TableLoader,
	progress: LoadProgress,
	signal: AbortSignal,
): Promise<LoadResult> {
	const { server, position } = snapshot;
	const result: LoadResult = {
		position,
		gtid: await server.gtidAt(position),
		server: { flavour: server.flavour, id: server.id },
		loaded: [],
		missing: [],
		failed: [],
	};
	for (const name of tables) {
		signal.throwIfAborted();
		try {
			const loaded = await loader.load(name, (rows) => progress.table(name, rows, false), signal);
			if (loaded === undefined) result.missing.push(name);
			else result.loaded.push(loaded);
			progress.table(name, loaded?.rows ?? 0, true);
		} catch (error) {
			if (affectsAll(error) || signal.aborted || error instanceof PipelineError) throw error;
			result.failed.push({ name, error: (error as Error).message });
			progress.table(name, 0, true);
		}
	}
	return result;
}

/**
 * What a load changes in the tables' state, and in the raw zone: the folders of what was loaded then hold its files only. A table
 * that could not be read keeps what it had, as an empty folder would empty its current table, unless it is purged.
 * @param tables changed in place.
 * @param purged `schema.table` of those of which nothing may stay.
 */
export function applyLoad(
	tables: Map<string, TableCheckpoint>,
	result: LoadResult,
	fresh: (name: TableName) => TableCheckpoint,
	purged: ReadonlySet<string> = new Set(),
): Publication {
	const now = new Date().toISOString();
	const publication: Publication = { clear: [], files: [] };
	const clear = (name: TableName): void => {
		const folder = folderOf(name);
		if (folder !== undefined) publication.clear.push(folder);
	};
	for (const name of result.missing) {
		tables.delete(tableId(name));
		clear(name);
	}
	for (const { name, error } of result.failed) {
		const { error: _, ...table } = tables.get(tableId(name)) ?? fresh(name);
		const isPurged = purged.has(tableId(name));
		// Nothing of it is in the lake any more, so no rule can have changed since.
		const emptied = isPurged ? { ...withoutLeft(table), columns: [], key: [] } : table;
		tables.set(tableId(name), { ...emptied, state: "Table error", error, updatedAt: now });
		if (isPurged) clear(name);
	}
	for (const { name, tableSchema, rows, files } of result.loaded) {
		const { fullLoadRows: _, inserts, updates, deletes, ddls } = tables.get(tableId(name)) ?? fresh(name);
		tables.set(tableId(name), {
			...name,
			...{ inserts, updates, deletes, ddls },
			...(purged.has(tableId(name)) ? withoutLeft(tableSchema) : tableSchema),
			state: "Table completed",
			fullLoadRows: rows,
			loadedAt: result.position,
			definedAt: result.position,
			updatedAt: now,
		});
		publication.clear.push(requireFolder(name));
		publication.files.push(...files);
	}
	return publication;
}
