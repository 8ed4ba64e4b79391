import { errorCode } from "../../common/errors.ts";

/** Rows of a statement. */
type Ask = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** Changes that a server does not write into its binlog. */
export interface BinlogGap {
	found: string;
	fix: string;
}

/**
 * What a server is configured to leave out of its binlog: schemas by its filters, and, of a replica, all that it replicates itself.
 * Nothing in the binlog tells of it, and what was loaded would stay as it was for ever.
 * https://dev.mysql.com/doc/refman/8.4/en/replication-options-binary-log.html
 */
export async function binlogGaps(ask: Ask, schemas: readonly string[]): Promise<BinlogGap[]> {
	const [status] = await either(ask, "SHOW MASTER STATUS", "SHOW BINARY LOG STATUS");
	const only = namesOf(status?.Binlog_Do_DB);
	const without = namesOf(status?.Binlog_Ignore_DB);
	const left = schemas.filter(
		(schema) => without.has(schema.toLowerCase()) || (only.size > 0 && !only.has(schema.toLowerCase())),
	);
	const gaps: BinlogGap[] = [];
	if (left.length > 0) {
		const option = only.size > 0 ? "binlog_do_db" : "binlog_ignore_db";
		gaps.push({
			found: `changes of ${left.join(", ")} are not in the binlog (${option})`,
			fix: `Take ${option} out of my.cnf, or name the schemas there, and restart the server.`,
		});
	}
	if ((await isSilentReplica(ask)) === true) {
		gaps.push({
			found: "the server is a replica, and what it replicates is not in its binlog (log_replica_updates = OFF)",
			fix: "Add log_replica_updates = ON (MariaDB: log_slave_updates) to my.cnf and restart the server, or replicate from its primary.",
		});
	}
	return gaps;
}

/** @returns undefined where the user may not know. */
async function isSilentReplica(ask: Ask): Promise<boolean | undefined> {
	const variables = await ask(
		"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_slave_updates', 'log_replica_updates')",
	);
	if (variables.some(({ Value }) => /^(1|ON)$/i.test(String(Value)))) return false;
	// MariaDB's, which needs no right.
	const [running] = await ask("SHOW GLOBAL STATUS LIKE 'Slaves_running'");
	if (running !== undefined) return Number(running.Value) > 0;
	try {
		return (await either(ask, "SHOW SLAVE STATUS", "SHOW REPLICA STATUS")).length > 0;
	} catch (error) {
		if (errorCode(error) === "ER_SPECIFIC_ACCESS_DENIED_ERROR") return undefined;
		throw error;
	}
}

/** The older words of a statement, or, where a server has only the newer ones, those. */
async function either(ask: Ask, older: string, newer: string): Promise<Record<string, unknown>[]> {
	try {
		return await ask(older);
	} catch (error) {
		if (errorCode(error) !== "ER_PARSE_ERROR") throw error;
		return ask(newer);
	}
}

function namesOf(list: unknown): Set<string> {
	return new Set(
		String(list ?? "")
			.split(",")
			.map((name) => name.trim().toLowerCase())
			.filter((name) => name !== ""),
	);
}
