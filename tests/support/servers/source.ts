import { startMariaDb } from "./mariadb.ts";
import { isOldMySql, startMySql } from "./mysqlServer.ts";
import type { TestServer } from "./testServer.ts";

/**
 * What the tests' source is. The same files run on both servers: vitest's project `integration` runs them on MariaDB, its project
 * `mysql` on MySQL.
 */
export const flavour: "mariadb" | "mysql" = process.env.TEST_SERVER === "mysql" ? "mysql" : "mariadb";
export { isOldMySql };
export const isMySql = flavour === "mysql";

/** @param settings `name=value`, as in a configuration file. */
export function startSource(folder: string, settings: readonly string[] = []): Promise<TestServer> {
	return isMySql ? startMySql(folder, settings) : startMariaDb(folder, settings);
}

/** Throws the binlog away, and begins another one. */
export const resetBinlog = isMySql && !isOldMySql ? "RESET BINARY LOGS AND GTIDS" : "RESET MASTER";

/** The statements that give a user what `source up` asks for, to replicate a schema. */
export function replicationGrants(user: string, schema: string): string[] {
	return [
		`GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${user}`,
		`GRANT SELECT${isMySql ? ", LOCK TABLES" : ""} ON ${schema}.* TO ${user}`,
	];
}

/** Gives the end of the binlog, as File and Position. */
export const binlogStatus = isMySql && !isOldMySql ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";

/** The numbers from 1, as a table with the column `seq` to select from. */
export function sequence(last: number): string {
	return `(WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < ${last}) SELECT seq FROM n) AS numbers`;
}
