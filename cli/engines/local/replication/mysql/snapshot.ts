import { messageOf } from "../../../../common/errors.ts";
import { PollTimeout, poll } from "../../../../common/poll.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { breakConnection } from "../../../mysql/core.ts";
import { qualifiedName } from "../../../mysql/quote.ts";
import { comparePositions, formatPosition, type Position } from "../model/position.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import { HeldTable, isLockTimeout, isTableRefused, isTransient, LostSource } from "./errors.ts";
import { Server } from "./server.ts";
import { listTables } from "./tableSchema.ts";

/** A connection that sees a snapshot. */
export interface SnapshotReader {
	server: Server;
	/** Ends the query that runs, from another connection; the snapshot stays. */
	interrupt(): Promise<void>;
}

export interface TableFault {
	name: TableName;
	error: Error;
}

/** Connections that all see the source as it was at one position of the binlog. */
export interface Snapshot {
	position: Position;
	/** At least one. */
	readers: readonly [SnapshotReader, ...SnapshotReader[]];
	/** Tables that somebody holds, so that the snapshot may lack changes of them before its position. */
	held: readonly TableFault[];
	/** Why there are not as many as were asked for. */
	fewer: string | undefined;
	/** Ends the connections, whatever runs on them. */
	destroy(): void;
}

/** How long a change of the binlog may take until readers see it, in milliseconds: a semi-synchronous server waits for its replicas. */
const visibleMs = 60_000;
/** How long writers may be kept waiting for locks that cannot all be had. */
const lockTrySeconds = 1;

/**
 * Opens a consistent snapshot that holds all changes before a position. A server writes a change into the binlog first and commits it
 * then, so that a snapshot which is taken as soon as the change was read may lack it.
 * @param readers how many connections see it, if the source allows so many.
 * @throws where such a snapshot cannot be had within a minute.
 */
export async function openSnapshotAfter(
	position: Position | undefined,
	access: SourceAccess,
	tables: readonly TableName[],
	signal: AbortSignal,
	readers = 1,
): Promise<Snapshot> {
	let seen: Position | undefined;
	try {
		return await poll({ firstMs: 10, timeoutMs: visibleMs, signal }, async () => {
			const snapshot = await openSnapshot(access, tables, readers, signal);
			if (position === undefined || comparePositions(snapshot.position, position) >= 0) return snapshot;
			seen = snapshot.position;
			snapshot.destroy();
			return undefined;
		});
	} catch (error) {
		if (!(error instanceof PollTimeout) || seen === undefined || position === undefined) throw error;
		throw new Error(
			`for a minute, the source's snapshots have stayed at ${formatPosition(seen)}, which is before ${formatPosition(position)}`,
			{ cause: error },
		);
	}
}

/**
 * Opens a consistent snapshot. MariaDB reports each snapshot's own position; MySQL does not, so there the tables are locked against
 * writers for the moment between snapshots and position.
 */
async function openSnapshot(
	access: SourceAccess,
	tables: readonly TableName[],
	wanted: number,
	signal: AbortSignal,
): Promise<Snapshot> {
	const connections = await connect(access, wanted);
	const { servers } = connections;
	const held: TableFault[] = [];
	try {
		for (const { connection } of servers) {
			await connection.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
		}
		const [first] = servers;
		const same =
			first.flavour === "mariadb"
				? await sameSnapshots(servers)
				: { position: await mysql(servers, access, tables, held, signal), servers };
		for (const server of servers) if (!same.servers.includes(server)) await server.close();
		const busy = "the source commits so often that no two snapshots had the same position";
		return {
			position: same.position,
			readers: mapAll(same.servers, (server) => ({ server, interrupt: () => interrupt(access, server) })),
			held,
			fewer: connections.fewer ?? (same.servers.length < servers.length ? busy : undefined),
			destroy: () => {
				for (const { connection } of same.servers) breakConnection(connection);
			},
		};
	} catch (error) {
		for (const server of servers) await server.close();
		throw error;
	}
}

type AtLeastOne<T> = readonly [T, ...T[]];

function mapAll<T, R>([first, ...others]: AtLeastOne<T>, map: (one: T) => R): [R, ...R[]] {
	return [map(first), ...others.map(map)];
}

/** The first connection must be had; the source may refuse others, which would only make it faster. */
async function connect(
	access: SourceAccess,
	wanted: number,
): Promise<{ servers: AtLeastOne<Server>; fewer: string | undefined }> {
	const first = await Server.connect(access);
	const others: Server[] = [];
	while (others.length + 1 < wanted) {
		try {
			others.push(await Server.connect(access));
		} catch (error) {
			return { servers: [first, ...others], fewer: `the source refuses more connections: ${messageOf(error)}` };
		}
	}
	return { servers: [first, ...others], fewer: undefined };
}

async function interrupt(access: SourceAccess, server: Server): Promise<void> {
	const other = await Server.connect(access);
	try {
		await other.connection.query("KILL QUERY ?", [server.connection.threadId]);
	} finally {
		await other.close();
	}
}

/** How often MariaDB's snapshots are taken until all are of one position. */
const sameTries = 20;

/**
 * Snapshots that MariaDB takes side by side are of one position, unless something is committed between them; equal positions are one
 * state. So no lock is needed. @returns the connections that have the same, in the end as many as there are.
 */
async function sameSnapshots(
	servers: AtLeastOne<Server>,
): Promise<{ position: Position; servers: AtLeastOne<Server> }> {
	for (let attempt = 1; ; attempt += 1) {
		const [position, ...others] = await Promise.all(mapAll(servers, mariadb));
		if (position === undefined) throw new Error("there is no snapshot");
		const [first, ...rest] = servers;
		const same = rest.filter((_, index) => comparePositions(position, others[index] ?? position) === 0);
		if (same.length === rest.length || attempt === sameTries) return { position, servers: [first, ...same] };
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

/**
 * Locks tables against writers, unless an open transaction has written to one of them. The server locks those that it can have while
 * it waits for the others, so it waits shortly.
 * @returns why they are not locked.
 */
async function lockAll(locker: Server, tables: readonly TableName[]): Promise<unknown> {
	const names = tables.map((name) => `${qualifiedName(name)} READ`).join(", ");
	try {
		await locker.connection.query(`LOCK TABLES ${names}`);
		return undefined;
	} catch (error) {
		if (isTransient(error) && !isLockTimeout(error)) throw error;
		return error;
	}
}

/**
 * What is wrong with one table, such as a right that is missing for it only, or a transaction that does not end, does not keep the
 * others from being locked.
 * @returns the tables that somebody holds.
 */
async function lock(locker: Server, tables: readonly TableName[], signal: AbortSignal): Promise<TableFault[]> {
	if (tables.length === 0) return [];
	await locker.connection.query(`SET SESSION lock_wait_timeout = ${lockTrySeconds}`);
	const refused = await lockAll(locker, tables);
	if (refused === undefined) return [];
	const able: TableName[] = [];
	const held: TableName[] = [];
	let isEachOwn = true;
	for (const name of tables) {
		signal.throwIfAborted();
		const error = tables.length === 1 ? refused : await lockAll(locker, [name]);
		if (error === undefined) able.push(name);
		else if (isLockTimeout(error)) held.push(name);
		// What is wrong with one table is found when it is read.
		else isEachOwn &&= isTableRefused(error);
	}
	if (able.length > 0) {
		const again = await lockAll(locker, able);
		if (isLockTimeout(again)) throw new LostSource(await holders(locker));
	} else if (held.length === 0 && !isEachOwn) {
		throw refused;
	}
	if (held.length === 0) return [];
	const error = new HeldTable(await holders(locker), { cause: refused });
	return held.map((name) => ({ name, error }));
}

/** Who has written to tables and not ended the transaction. */
async function holders(server: Server): Promise<string> {
	const found: string[] = [];
	try {
		// A prepared transaction has no thread; without the right to see them (PROCESS, XA_RECOVER_ADMIN) none is named.
		const open = await server.rows(
			`SELECT t.trx_mysql_thread_id AS thread, p.USER AS user, t.trx_started AS since
			FROM information_schema.INNODB_TRX t LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
			WHERE t.trx_rows_modified > 0`,
		);
		found.push(
			...open
				.filter(({ thread }) => Number(thread) > 0)
				.map(({ thread, user, since }) => `connection ${thread} of ${user} since ${since} (KILL ${thread})`),
		);
		const prepared = await server.rows("XA RECOVER");
		found.push(...prepared.map(({ data }) => `the prepared transaction '${data}' (XA COMMIT or XA ROLLBACK)`));
	} catch {
		// What was found until then has to do.
	}
	const by = found.length === 0 ? "SHOW PROCESSLIST and XA RECOVER at the source name it" : found.join(", ");
	return `an open transaction has written to it, or it is locked; it is loaded when that ends: ${by}`;
}

/**
 * LOCK TABLES waits until no open transaction has written to the tables.
 * @param held gets those that somebody holds.
 */
async function mysql(
	servers: readonly Server[],
	access: SourceAccess,
	tables: readonly TableName[],
	held: TableFault[],
	signal: AbortSignal,
): Promise<Position> {
	const locker = await Server.connect(access);
	try {
		const schemas = [...new Set(tables.map((name) => name.schema))];
		const existing = new Set((await listTables(locker, schemas)).map(tableId));
		const there = tables.filter((name) => existing.has(tableId(name)));
		held.push(...(await lock(locker, there, signal)));
		for (const { connection } of servers) await connection.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
		return await locker.currentPosition();
	} finally {
		await locker.close();
	}
}
