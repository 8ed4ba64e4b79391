import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Connection } from "mysql2/promise";

/** The connection below the one with promises: it gives rows as they come. */
export interface CoreConnection extends EventEmitter {
	query(...args: unknown[]): EventEmitter;
	execute(...args: unknown[]): EventEmitter;
	pause(): void;
	resume(): void;
	/** Below TLS, too. */
	stream: Socket;
	/** Statements wait for the source, the first of them for its answer. */
	_command?: unknown;
	/** Whether nobody wants what the source sends. */
	_paused: boolean;
}

/** mysql2's types do not show it. */
export function coreOf(connection: Connection): CoreConnection {
	return (connection as unknown as { connection: CoreConnection }).connection;
}

/** Breaks a connection. mysql2's own `destroy` only says that no more is sent: a query that is half read would run on for ever. */
export function breakConnection(connection: Connection, error?: Error): void {
	const { stream } = coreOf(connection);
	if (error === undefined) connection.destroy();
	stream.destroy(error);
}
