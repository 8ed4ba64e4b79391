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
			found: `the binlog does not contain changes of ${left.join(", ")} (${option})`,
			fix: `Remove ${option} from my.cnf, or add the schemas there, and restart the server.`,
		});
	}
	const receives = await unloggedOrigin(ask);
	if (receives !== undefined) {
		gaps.push({
			found: `the server ${receives} is not in its binlog (log_replica_updates = OFF)`,
			fix: "Add log_replica_updates = ON (MariaDB: log_slave_updates) to my.cnf and restart the server, or replicate from the server that receives the writes.",
		});
	}
	return gaps;
}

/** From where a server has changes that it does not log; undefined where there are none, or the user may not know. */
async function unloggedOrigin(ask: Ask): Promise<string | undefined> {
	const variables = await ask(
		"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_slave_updates', 'log_replica_updates', 'wsrep_on')",
	);
	const isOn = (name: RegExp): boolean =>
		variables.some(({ Variable_name, Value }) => name.test(String(Variable_name)) && /^(1|ON)$/i.test(String(Value)));
	if (isOn(/^log_/i)) return undefined;
	// https://mariadb.com/kb/en/using-mariadb-replication-with-mariadb-galera-cluster-using-mariadb-replica/
	if (isOn(/^wsrep_on$/i)) return "is a node of a Galera cluster, and what is written to the other nodes";
	return (await isReplica(ask)) ? "is a replica, and what it replicates" : undefined;
}

async function isReplica(ask: Ask): Promise<boolean> {
	// MariaDB's, which needs no right; one that is stopped is seen below only.
	const [running] = await ask("SHOW GLOBAL STATUS LIKE 'Slaves_running'");
	if (Number(running?.Value ?? 0) > 0) return true;
	try {
		// MariaDB may have several sources, each with a name.
		const older = running === undefined ? "SHOW SLAVE STATUS" : "SHOW ALL SLAVES STATUS";
		return (await either(ask, older, "SHOW REPLICA STATUS")).length > 0;
	} catch (error) {
		if (errorCode(error) === "ER_SPECIFIC_ACCESS_DENIED_ERROR") return false;
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
