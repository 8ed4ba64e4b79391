/**
 * Fetches MySQL before a run of all tests, or says why its tests are skipped; the exit code is then 3, and 1 after any other fault.
 * MYSQL_RELEASE=8.0 is for that release.
 */
import { findMySql, NoMySql } from "./mysqlPackages.ts";
import { isOldMySql } from "./mysqlServer.ts";
import { findOldMySql } from "./oldMySql.ts";

try {
	await (isOldMySql ? findOldMySql() : findMySql());
} catch (error) {
	if (!(error instanceof NoMySql)) throw error;
	process.stdout.write(`Tests on MySQL are skipped, as none can be had: ${error.message}.\n`);
	process.exitCode = 3;
}
