import type { Connection, ConnectionOptions } from "mysql2/promise";
import { errorCode } from "../../common/errors.ts";
import { errorName, isLogging, keepSecret, log, millisecondsSince, shownStatement } from "../../common/log.ts";
import type { ServerAddress, SourceAccess } from "./access.ts";
import { type CoreConnection, coreOf } from "./core.ts";
import { Greeting } from "./greeting.ts";
import { breakWhenSilent } from "./silence.ts";
import { transport } from "./transport.ts";

/** How long a server may owe an answer without a byte of it. */
const usualSilenceMs = 300_000;

/** For SET SESSION: a server may cut every answer (sql_select_limit), or refuse those that it takes for long, of whoever asks. */
export const wholeAnswers = "sql_select_limit = 18446744073709551615, sql_big_selects = 1";

/**
 * Opens a connection whose statements leave lines in the log, and which breaks where the server hangs.
 * @param options of the connection, apart from where it leads and who asks.
 */
export async function openConnection(
	access: ServerAddress & Pick<SourceAccess, "user" | "password">,
	options: ConnectionOptions,
	silenceMs = usualSilenceMs,
): Promise<Connection> {
	const { user, password } = access;
	keepSecret(password);
	// Not before somebody connects: it costs as much as all else that a command loads.
	const { createConnection } = (await import("mysql2/promise")).default;
	const connection = await preferably(access, async (address) => {
		const greeting = new Greeting();
		try {
			const way = transport(address, (stream) => greeting.watch(stream));
			return await createConnection({ ...options, user, password, ...way });
		} catch (error) {
			throw greeting.explained(error);
		}
	});
	breakWhenSilent(connection, silenceMs);
	if (isLogging()) observe(coreOf(connection));
	return connection;
}

/** PREFERRED: without TLS where the server has none. */
async function preferably<T>(address: ServerAddress, open: (address: ServerAddress) => Promise<T>): Promise<T> {
	try {
		return await open(address);
	} catch (error) {
		if (address.tls !== "PREFERRED" || errorCode(error) !== "HANDSHAKE_NO_SSL_SUPPORT") throw error;
		return open({ ...address, tls: "DISABLED" });
	}
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
