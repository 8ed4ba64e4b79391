/** Fetches MySQL before a run of all tests, or says why its tests are skipped; the exit code is then 3, and 1 after any other fault. */
import { findMySql, NoMySql } from "./mysqlPackages.ts";

try {
	await findMySql();
} catch (error) {
	if (!(error instanceof NoMySql)) throw error;
	process.stdout.write(`Tests on MySQL are skipped, as none can be had: ${error.message}.\n`);
	process.exitCode = 3;
}
