import { PollTimeout, poll } from "../../../../common/poll.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { qualifiedName } from "../../../mysql/quote.ts";
import { comparePositions, formatPosition, type Position } from "../model/position.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import { Server } from "./server.ts";
import { listTables } from "./tableSchema.ts";

/** A connection that sees the source as it was at one position of the binlog. */
export interface Snapshot {
	server: Server;
	position: Position;
	/** Ends the query that runs, from another connection; the snapshot stays. */
	interrupt(): Promise<void>;
}

/** How long a change of the binlog may take until readers see it, in milliseconds: a semi-synchronous server waits for its replicas. */
const visibleMs = 60_000;

/**
 * Opens a consistent snapshot that holds all changes before a position. A server writes a change into the binlog first and commits it
 * then, so that a snapshot which is taken as soon as the change was read may lack it.
 * @throws where such a snapshot cannot be had within a minute.
 */
export async function openSnapshotAfter(
	position: Position | undefined,
	access: SourceAccess,
	tables: readonly TableName[],
	signal: AbortSignal,
): Promise<Snapshot> {
	let seen: Position | undefined;
	try {
		return await poll({ firstMs: 10, timeoutMs: visibleMs, signal }, async () => {
			const snapshot = await openSnapshot(access, tables);
			if (position === undefined || comparePositions(snapshot.position, position) >= 0) return snapshot;
			seen = snapshot.position;
			await snapshot.server.close();
			return undefined;
		});
	} catch (error) {
		if (!(error instanceof PollTimeout) || seen === undefined || position === undefined) throw error;
		throw new Error(
			`the source's snapshots are those of ${formatPosition(seen)}, before ${formatPosition(position)}, for a minute`,
			{ cause: error },
		);
	}
}

/**
 * Opens a consistent snapshot. MariaDB reports the snapshot's own position; MySQL does not, so there the tables are locked against
 * writers for the moment between snapshot and position.
 */
async function openSnapshot(access: SourceAccess, tables: readonly TableName[]): Promise<Snapshot> {
	const server = await Server.connect(access);
	try {
		await server.connection.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
		const position = server.flavour === "mariadb" ? await mariadb(server) : await mysql(server, access, tables);
		return { server, position, interrupt: () => interrupt(access, server) };
	} catch (error) {
		await server.close();
		throw error;
	}
}

async function interrupt(access: SourceAccess, server: Server): Promise<void> {
	const other = await Server.connect(access);
	try {
		await other.connection.query("KILL QUERY ?", [server.connection.threadId]);
	} finally {
		await other.close();
	}
}

/** https://mariadb.com/kb/en/enhancements-for-start-transaction-with-consistent-snapshot/ */
async function mariadb(server: Server): Promise<Position> {
	await server.connection.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
	const rows = await server.rows("SHOW STATUS LIKE 'binlog_snapshot_%'");
	const values = new Map(rows.map((row) => [String(row.Variable_name).toLowerCase(), String(row.Value)]));
	const file = values.get("binlog_snapshot_file") ?? "";
	const offset = Number(values.get("binlog_snapshot_position"));
	if (file === "" || !Number.isInteger(offset))
		throw new Error("the source does not report the snapshot's binlog position");
	return { file, offset };
}

/** LOCK TABLES waits until no open transaction has written to the tables. */
async function mysql(server: Server, access: SourceAccess, tables: readonly TableName[]): Promise<Position> {
	const locker = await Server.connect(access);
	try {
		await locker.connection.query("SET SESSION lock_wait_timeout = 60");
		const schemas = [...new Set(tables.map((name) => name.schema))];
		const existing = new Set((await listTables(locker, schemas)).map(tableId));
		const locks = tables.filter((name) => existing.has(tableId(name))).map((name) => `${qualifiedName(name)} READ`);
		if (locks.length > 0) await locker.connection.query(`LOCK TABLES ${locks.join(", ")}`);
		await server.connection.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
		return await locker.currentPosition();
	} finally {
		await locker.close();
	}
}
