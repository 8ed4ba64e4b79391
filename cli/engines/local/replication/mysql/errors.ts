import { messageOf, PipelineError } from "../../../../common/errors.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { connectionFault, isRefusedConnection } from "../../../mysql/connectionFault.ts";
import { formatPosition, type Position } from "../model/position.ts";

/** Whether the source cannot send its binlog from the position that was asked for (ER_MASTER_FATAL_ERROR_READING_BINLOG). */
export function isBinlogUnreadable(error: unknown): boolean {
	return (error as { errno?: number }).errno === 1236 && !isOusted(error);
}

/**
 * Whether the source ended a connection since another one came with its server id: on MariaDB ER_SLAVE_SAME_ID, on MySQL by the text
 * of the number above. Two that try again would end each other's for ever.
 */
function isOusted(error: unknown): boolean {
	const { errno, message } = error as { errno?: number; message?: string };
	return errno === 4052 || (errno === 1236 && /same server/i.test(message ?? ""));
}

/** An event that cannot be read and belongs to no table: nothing can be known of what it did. */
export function unreadableBinlog(position: Position, error: unknown): PipelineError {
	return new PipelineError(
		"serviceRefused",
		{
			what: `The source's binlog cannot be read at ${formatPosition(position)}.`,
			why: `${messageOf(error)}.`,
			fix: "If the disk or the network damaged the data, start replication again. Otherwise reload all tables, which continues after this position.",
			next: "pipeline-cli replication start --reload",
		},
		{ cause: error },
	);
}

/** Rows of which nobody knows whether they count. */
export function strayRows(position: Position): PipelineError {
	return unreadableBinlog(position, new Error("there are rows before a transaction begins"));
}

/** @returns what trying again does not help with, in words: a wrong password, another server's certificate, a missing right; other errors as they are. */
export function inWords(access: SourceAccess, error: unknown): unknown {
	if (isRefusedConnection(access, error)) return connectionFault(access, error);
	if (isOusted(error)) return ousted(error);
	return isMissingRight(error) ? missingRight(error) : error;
}

export function isMissingRight(error: unknown): boolean {
	return [1044, 1142, 1143, 1227].includes((error as { errno?: number }).errno ?? 0);
}

/** A table does not exist (ER_NO_SUCH_TABLE). */
export function isTableGone(error: unknown): boolean {
	return (error as { errno?: number }).errno === 1146;
}

/** A right is missing for one table (ER_TABLEACCESS_DENIED_ERROR) or for a column of it. */
export function isTableRefused(error: unknown): boolean {
	return [1142, 1143].includes((error as { errno?: number }).errno ?? 0);
}

function missingRight(error: unknown): PipelineError {
	return new PipelineError(
		"credentials",
		{
			what: "The source refused replication.",
			why: `${messageOf(error)}.`,
			fix: "Grant the missing privileges: SELECT on the schemas, REPLICATION SLAVE, REPLICATION CLIENT and LOCK TABLES (on MariaDB, BINLOG MONITOR instead of the last two).",
			next: "pipeline-cli source status",
		},
		{ cause: error },
	);
}

function ousted(error: unknown): PipelineError {
	return new PipelineError(
		"serviceRefused",
		{
			what: "Another client of the source has taken this stack's server id, so the source ended the connection.",
			why: `${messageOf(error)}.`,
			fix: "Stop the other one: probably a copy of this machine or container, with the same stack. If both are needed, give one of the machines another host name.",
			next: "pipeline-cli replication start",
		},
		{ cause: error },
	);
}

/** Whether a connection broke or a server is away: the same may work a little later. Ask `inWords` first. */
export function isTransient(error: unknown): boolean {
	if (error instanceof LostSource) return true;
	const { code, errno, fatal } = error as { code?: string; errno?: number; fatal?: boolean };
	// The client marks an error as fatal where its connection cannot be used any more.
	if (fatal === true || code?.startsWith("PROTOCOL_") || networkCodes.has(code ?? "")) return true;
	return transientErrors.has(errno ?? 0);
}

/** A table stayed locked for as long as a statement waits (ER_LOCK_WAIT_TIMEOUT). */
export function isLockTimeout(error: unknown): boolean {
	return (error as { errno?: number } | undefined)?.errno === 1205;
}

/** Somebody at the source holds a table, for longer than the others should wait for it: it is loaded when it is free. */
export class HeldTable extends Error {}

/** @returns as one table's error that it cannot be read for being locked; any other as it is. */
export function inTable(error: unknown): unknown {
	if (!isLockTimeout(error)) return error;
	return new HeldTable(
		"it is locked at the source (LOCK TABLES, or a long ALTER TABLE; SHOW PROCESSLIST shows the connection); it is loaded when it is unlocked",
		{ cause: error },
	);
}

/** The source does not answer, or the connection to it came to nothing, without an error of its own. */
export class LostSource extends Error {}

const networkCodes = new Set([
	...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"],
	...["EAI_AGAIN", "ERR_STREAM_WRITE_AFTER_END", "ERR_STREAM_DESTROYED"],
]);

/**
 * Server going down (1053), connection killed (1927, 1317, 3169), too many connections (1040), lock wait and deadlock (1205,
 * 1213), lost while reading (1158 to 1161), binlog dump ended (1236; whether its file is gone is checked on the next try).
 */
const transientErrors = new Set([1040, 1053, 1077, 1158, 1159, 1160, 1161, 1205, 1213, 1236, 1317, 1927, 3169, 4031]);
