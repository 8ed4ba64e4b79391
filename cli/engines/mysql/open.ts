import type { EventEmitter } from "node:events";
import mysql, { type Connection, type ConnectionOptions } from "mysql2/promise";
import { errorName, isLogging, keepSecret, log, millisecondsSince, shownStatement } from "../../common/log.ts";

/** The connection below the one with promises: it gives rows as they come. */
export interface CoreConnection extends EventEmitter {
	query(...args: unknown[]): EventEmitter;
	execute(...args: unknown[]): EventEmitter;
	pause(): void;
	resume(): void;
}

/** Opens a connection whose statements leave lines in the log. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
	keepSecret(options.password);
	const connection = await mysql.createConnection(options);
	if (isLogging()) observe(coreOf(connection));
	return connection;
}

/** mysql2's types do not show it. */
export function coreOf(connection: Connection): CoreConnection {
	return (connection as unknown as { connection: CoreConnection }).connection;
}

/**
 * Everything passes through these two methods. (mysql2's own diagnostics channel has the statements with the values in them,
 * which must not be shown.)
 */
function observe(core: CoreConnection): void {
	for (const method of ["query", "execute"] as const) {
		const original = core[method].bind(core);
		core[method] = (...args) => {
			const start = performance.now();
			const ended = (error: unknown, rows: number | undefined): void => {
				const failed = error === undefined || error === null ? {} : { error: errorName(error) };
				log({ event: "mysql", sql: shownStatement(textOf(args[0])), ms: millisecondsSince(start), rows, ...failed });
			};
			const callback = args.at(-1);
			if (isCallback(callback)) {
				return original(...args.slice(0, -1), (error: unknown, result: unknown, ...rest: unknown[]) => {
					ended(error, rowsOf(result));
					callback(error, result, ...rest);
				});
			}
			const command = original(...args);
			let rows = 0;
			let failure: unknown;
			command.on("result", () => {
				rows += 1;
			});
			command.once("error", (error) => {
				failure = error;
			});
			command.once("end", () => ended(failure, rows));
			return command;
		};
	}
}

function isCallback(value: unknown): value is (...args: unknown[]) => void {
	return typeof value === "function";
}

/** The statement as it was written, its places for values still empty. */
function textOf(statement: unknown): string {
	if (typeof statement === "string") return statement;
	const { sql } = statement as { sql?: unknown };
	return typeof sql === "string" ? sql : "";
}

function rowsOf(result: unknown): number | undefined {
	if (Array.isArray(result)) return result.length;
	const { affectedRows } = (result ?? {}) as { affectedRows?: unknown };
	return typeof affectedRows === "number" ? affectedRows : undefined;
}
