import type { Connection, ConnectionOptions, RowDataPacket } from "mysql2/promise";
import { PipelineError } from "../../../../common/errors.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { binlogGaps } from "../../../mysql/binlogGaps.ts";
import { unmetSettings } from "../../../mysql/checks.ts";
import { openConnection, wholeAnswers } from "../../../mysql/open.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import { sortGtids } from "../model/gtids.ts";
import { comparePositions, formatPosition, type Position } from "../model/position.ts";
import { asWritten, type StoredName } from "../model/storedName.ts";
import { storedInLowerCase } from "./lowerCase.ts";

/** How long a statement may wait for a table that is locked, and all changes with it. */
const lockWaitSeconds = 2;
/** How long a connection may wait for its next statement, as one of a snapshot does while others read a large table. */
const idleSeconds = 24 * 3600;

/** A connection to the source, and what differs between MariaDB and MySQL. */
export class Server {
	readonly connection: Connection;
	readonly flavour: "mariadb" | "mysql";
	/** MySQL: server_uuid; MariaDB: server_id. */
	readonly id: string;
	/** Whether names of schemas and tables are compared without regard to case: lower_case_table_names. */
	readonly foldsCase: boolean;
	/** Whether they are also stored in lower case: lower_case_table_names = 1. */
	readonly #lowersNames: boolean;

	private constructor(connection: Connection, flavour: "mariadb" | "mysql", id: string, lowerCaseTableNames: number) {
		this.connection = connection;
		this.flavour = flavour;
		this.id = id;
		this.foldsCase = lowerCaseTableNames !== 0;
		this.#lowersNames = lowerCaseTableNames === 1;
	}

	static async connect(access: SourceAccess, silenceMs?: number): Promise<Server> {
		const connection = await openConnection(access, connectionOptions, silenceMs);
		try {
			return await Server.#over(connection);
		} catch (error) {
			// One that stays open keeps the process alive.
			connection.destroy();
			throw error;
		}
	}

	static async #over(connection: Connection): Promise<Server> {
		// Without a listener an error between two statements would end the process; the next statement reports it.
		connection.on("error", () => undefined);
		// TIMESTAMP is stored as UTC; the rest keeps the server's settings from altering values, or cutting or ending long reads.
		await connection.query(
			`SET SESSION time_zone = '+00:00', sql_mode = '', ${wholeAnswers}, net_write_timeout = 3600, wait_timeout = ${idleSeconds}, lock_wait_timeout = ${lockWaitSeconds}`,
		);
		const [rows] = await connection.query<RowDataPacket[]>(
			"SELECT VERSION() AS version, @@GLOBAL.server_id AS id, @@GLOBAL.lower_case_table_names AS folds",
		);
		const { version, id, folds: asText } = rows[0] as { version: string; id: string; folds: string };
		// Large integers come as text.
		const folds = Number(asText);
		if (/mariadb/i.test(version)) {
			await setIfKnown(
				connection,
				"max_statement_time = 0, idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0",
			);
			return new Server(connection, "mariadb", String(id), folds);
		}
		await setIfKnown(connection, "max_execution_time = 0");
		// Rows have the primary key that the server adds by itself; so must the definition. A server before 8.0.30 adds none.
		await setIfKnown(connection, "show_gipk_in_create_table_and_information_schema = ON");
		// Sizes of tables as they are, not as they were a day ago.
		await setIfKnown(connection, "information_schema_stats_expiry = 0");
		const [uuids] = await connection.query<RowDataPacket[]>("SELECT @@GLOBAL.server_uuid AS uuid");
		return new Server(connection, "mysql", String(uuids[0]?.uuid), folds);
	}

	async rows(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
		const [rows] = await this.connection.query<RowDataPacket[]>(sql, values);
		return rows;
	}

	/** How it keeps names of schemas and tables. */
	async storedName(): Promise<StoredName> {
		return this.#lowersNames ? storedInLowerCase((sql, values) => this.rows(sql, values)) : asWritten;
	}

	/** The end of the binlog. */
	async currentPosition(): Promise<Position> {
		let rows: Record<string, unknown>[];
		try {
			rows = await this.rows("SHOW MASTER STATUS");
		} catch (error) {
			// MySQL 8.4 has only the new name: https://dev.mysql.com/doc/refman/8.4/en/show-binary-log-status.html
			if ((error as { errno?: number }).errno !== 1064) throw error;
			rows = await this.rows("SHOW BINARY LOG STATUS");
		}
		const row = rows[0];
		if (row === undefined) throw new Error("the source does not write a binlog");
		return { file: String(row.File), offset: Number(row.Position) };
	}

	/** MariaDB: the last GTID of each domain before a position, sorted. Empty on MySQL. */
	async gtidAt(position: Position): Promise<string> {
		if (this.flavour === "mysql") return "";
		const [row] = await this.rows("SELECT BINLOG_GTID_POS(?, ?) AS gtid", [position.file, position.offset]);
		return sortGtids(String(row?.gtid ?? ""));
	}

	async close(): Promise<void> {
		await this.connection.end().catch(() => this.connection.destroy());
	}
}

/** Older servers have fewer settings (ER_UNKNOWN_SYSTEM_VARIABLE). */
async function setIfKnown(connection: Connection, setting: string): Promise<void> {
	await connection.query(`SET SESSION ${setting}`).catch((error: unknown) => {
		if ((error as { errno?: number }).errno !== 1193) throw error;
	});
}

/** Options of every connection: exact values as strings, nothing parsed. */
export const connectionOptions: ConnectionOptions = {
	charset: "utf8mb4",
	timezone: "Z",
	dateStrings: true,
	supportBigNumbers: true,
	bigNumberStrings: true,
	jsonStrings: true,
	connectTimeout: 10_000,
	enableKeepAlive: true,
	// With attributes, which MySQL has since 8.0.23, a query begins with how many they are; those that we write ourselves have none.
	flags: ["-CLIENT_QUERY_ATTRIBUTES"],
};

/** @throws PipelineError naming the setting that stands against the replication of some schemas, and the fix. */
export async function requireBinlog(server: Server, schemas: readonly string[]): Promise<void> {
	const [unmet] = await unmetSettings({ query: (sql) => server.rows(sql) });
	if (unmet !== undefined) {
		throw new PipelineError("serviceRefused", {
			what: `The source cannot be replicated: ${unmet.name} is ${unmet.found}.`,
			why: "Without this setting, changes would be missed or misread.",
			fix: `At the source: ${unmet.fix}. Open sessions keep the old setting until they reconnect.`,
			next: "pipeline-cli source status",
		});
	}
	const [gap] = await binlogGaps((sql, asked) => server.rows(sql, asked), schemas);
	if (gap === undefined) return;
	throw new PipelineError("serviceRefused", {
		what: `The source cannot be replicated: ${gap.found}.`,
		why: "Loaded tables would become outdated without any error.",
		fix: gap.fix,
		next: "pipeline-cli source status",
	});
}

/**
 * @returns the end of the binlog.
 * @throws PipelineError where the source's history is not the one that the checkpoint belongs to, or does not reach back to it.
 */
export async function requireHistory(
	server: Server,
	checkpoint: Pick<Checkpoint, "server" | "position">,
): Promise<Position> {
	const { position } = checkpoint;
	if (server.flavour !== checkpoint.server.flavour || server.id !== checkpoint.server.id) {
		throw historyLost("the source is a different server than before");
	}
	const logs = await server.rows("SHOW BINARY LOGS");
	const log = logs.find((row) => row.Log_name === position.file);
	if (log === undefined) throw historyLost(`the source no longer has ${position.file}`);
	if (Number(log.File_size) < position.offset) {
		throw historyLost(`${position.file} ends before ${formatPosition(position)}`);
	}
	const gtid = await server.gtidAt(position);
	if (gtid !== position.gtid) {
		throw historyLost(
			`at ${formatPosition(position)} it has GTID ${gtid || "none"}, but ${position.gtid || "none"} was read`,
		);
	}
	const end = await server.currentPosition();
	if (comparePositions(end, position) < 0) throw historyLost(`its binlog ends at ${formatPosition(end)}`);
	return end;
}

export function historyLost(why: string): PipelineError {
	return new PipelineError("serviceRefused", {
		what: "The changes since the last position can no longer be read from the source.",
		why: `Its binlog was purged or reset: ${why.replace(/\.$/, "")}.`,
		fix: "Reload all tables. To prevent this, keep binlogs for longer than replication may be stopped.",
		next: "pipeline-cli replication start --reload",
	});
}
