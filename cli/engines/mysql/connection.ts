import type { Connection, ConnectionOptions } from "mysql2/promise";
import type { SourceConnection } from "../port.ts";
import type { SourceAccess } from "./access.ts";
import { connectionFault, isLost } from "./connectionFault.ts";
import { openConnection, wholeAnswers } from "./open.ts";
import { SilentServer } from "./silence.ts";

/** Options of a mysql2 connection that loses nothing: integers beyond 2^53, decimals, dates and times come as strings. */
export const clientOptions: ConnectionOptions = {
	charset: "utf8mb4_unicode_520_ci",
	connectTimeout: 10_000,
	dateStrings: true,
	supportBigNumbers: true,
	bigNumberStrings: false,
	timezone: "Z",
};

/**
 * @param next the command to run when the fault is corrected.
 * @throws PipelineError that names the server and says how to fix it.
 */
export async function openClient(access: SourceAccess, next?: string): Promise<Connection> {
	let client: Connection | undefined;
	try {
		client = await openConnection(access, clientOptions);
		await client.query(`SET SESSION ${wholeAnswers}`);
		// MariaDB lets a user with an expired password in, and refuses every statement but SET.
		await client.query("DO 1");
		return client;
	} catch (error) {
		// One that stays open keeps the process alive.
		client?.destroy();
		throw connectionFault(access, error, next);
	}
}

/** Like `openClient`. */
export async function connect(access: SourceAccess, next?: string): Promise<SourceConnection> {
	const client = await openClient(access, next);
	return {
		async query(sql, values) {
			try {
				const [rows] = await client.query(sql, values);
				return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
			} catch (error) {
				throw isLost(error) || error instanceof SilentServer ? connectionFault(access, error, next) : error;
			}
		},
		close: () => client.end(),
	};
}
