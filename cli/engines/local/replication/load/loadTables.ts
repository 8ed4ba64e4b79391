import { availableParallelism } from "node:os";
import type { SourceAccess } from "../../../mysql/access.ts";
import type { Statement } from "../ddl/statement.ts";
import type { Publication, TableCheckpoint } from "../model/checkpoint.ts";
import type { Position } from "../model/position.ts";
import { withoutLeft } from "../model/tableHistory.ts";
import { folderOf, type TableName, tableId } from "../model/tableName.ts";
import { Server } from "../mysql/server.ts";
import { openSnapshotAfter, type Snapshot } from "../mysql/snapshot.ts";
import type { ParquetEngine } from "../parquet/parquetEngine.ts";
import { movedSince, statementCounts } from "./movedTables.ts";
import { failedTable, type LoadedTables, type LoadProgress, ParallelLoad } from "./parallelLoad.ts";
import { isTableChanged, TableLoader, type TakeSchema } from "./tableLoader.ts";

/** What a full load of some tables gave. */
export interface LoadResult extends LoadedTables {
	/** Position of the snapshot; changes before it are in the files. */
	position: Position;
	gtid: string;
	server: { flavour: "mariadb" | "mysql"; id: string };
	/** Tables that had other names or columns when they were read than where the snapshot is: they are to be loaded again. */
	moved: TableName[];
}

/** Gives the statements of the binlog from one position to another. */
export type ReadStatements = (from: Position, to: Position) => Promise<Statement[]>;

const snapshotTries = 5;
/** More connections than that would keep the source from its own work. */
const mostReaders = 4;

/**
 * Loads tables from one consistent snapshot into staged files. A table that cannot be read does not hold up the others.
 * @param takeAt what is done with each column of a table, as it is where the snapshot is.
 * @param statements what the binlog has of statements.
 * @param time of the load, milliseconds since 1970: later than all changes of before.
 * @param read what the snapshot must hold: the changes before this position were read from the binlog.
 * @throws where the source or the disk fails.
 */
export async function loadTables(
	access: SourceAccess,
	tables: readonly TableName[],
	engine: ParquetEngine,
	staging: string,
	takeAt: (snapshot: Position) => Promise<TakeSchema>,
	progress: LoadProgress,
	signal: AbortSignal,
	statements: ReadStatements,
	time: number,
	read?: Position,
): Promise<LoadResult> {
	for (let attempt = 1; ; attempt += 1) {
		let snapshot: Snapshot | undefined;
		try {
			const counts = await countsNow(access);
			snapshot = await openSnapshotAfter(read, access, tables, signal, readersFor(tables.length));
			const loader = new TableLoader(engine, staging, await takeAt(snapshot.position), time);
			const result = await loadFrom(snapshot, tables, loader, progress, signal);
			const [{ server }] = snapshot.readers;
			const moved = await movedSince(snapshot.position, server, counts, statements);
			return moved.size === 0 ? result : await without(result, moved, server.foldsCase, loader);
		} catch (error) {
			// A table was altered or dropped around the moment of the snapshot; a newer one can be taken.
			if (!isTableChanged(error) || attempt === snapshotTries) throw error;
		} finally {
			snapshot?.destroy();
		}
	}
}

async function countsNow(access: SourceAccess): Promise<string> {
	const server = await Server.connect(access);
	try {
		return await statementCounts(server);
	} finally {
		await server.close();
	}
}

async function without(
	result: LoadResult,
	moved: ReadonlySet<string>,
	foldsCase: boolean,
	loader: TableLoader,
): Promise<LoadResult> {
	const isMoved = ({ name }: { name: TableName }): boolean =>
		moved.has(foldsCase ? tableId(name).toLowerCase() : tableId(name));
	const again = result.loaded.filter(isMoved);
	await loader.remove(again.flatMap(({ files }) => files.map(({ from }) => from)));
	return {
		...result,
		loaded: result.loaded.filter((one) => !isMoved(one)),
		failed: result.failed.filter((one) => !isMoved(one)),
		moved: [...again, ...result.failed.filter(isMoved)].map(({ name }) => name),
	};
}

/** One more than one: while one decodes, what the other read is written. */
function readersFor(tables: number): number {
	return Math.min(mostReaders, Math.max(2, availableParallelism()), Math.max(2, tables));
}

async function loadFrom(
	snapshot: Snapshot,
	tables: readonly TableName[],
	loader: TableLoader,
	progress: LoadProgress,
	signal: AbortSignal,
): Promise<LoadResult> {
	const { readers, position, fewer, held } = snapshot;
	const [{ server }] = readers;
	if (fewer !== undefined) progress.said?.(`reading with fewer connections (${readers.length}): ${fewer}`);
	const gtid = await server.gtidAt(position);
	const free = tables.filter((name) => !held.some((one) => tableId(one.name) === tableId(name)));
	const result = await new ParallelLoad(snapshot, loader, progress, signal).run(free);
	result.failed.push(...held.map(failedTable));
	return { position, gtid, server: { flavour: server.flavour, id: server.id }, moved: [], ...result };
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
	for (const name of result.missing) {
		tables.delete(tableId(name));
		publication.clear.push(folderOf(name));
	}
	const notLoaded = [...result.failed, ...result.moved.map((name) => ({ name, error: undefined, waits: true }))];
	for (const { name, error, waits } of notLoaded) {
		const { error: _, ...table } = tables.get(tableId(name)) ?? fresh(name);
		const isPurged = purged.has(tableId(name));
		// Nothing of it is in the lake any more, so no rule can have changed since.
		const emptied = isPurged ? { ...withoutLeft(table), columns: [], key: [] } : table;
		const state = waits ? "Table is being reloaded" : "Table error";
		tables.set(tableId(name), { ...emptied, state, ...(error === undefined ? {} : { error }), updatedAt: now });
		if (isPurged) publication.clear.push(folderOf(name));
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
		publication.clear.push(folderOf(name));
		publication.files.push(...files);
	}
	return publication;
}
