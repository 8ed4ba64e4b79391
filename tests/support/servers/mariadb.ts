import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, startServer, type TestServer } from "./testServer.ts";

/** Starts a MariaDB in a new folder on a free port. Its root has no password and comes from this machine only. */
export async function startMariaDb(folder: string, settings: readonly string[] = []): Promise<TestServer> {
	const port = await freePort();
	const configuration = join(folder, "my.cnf");
	const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
	await mkdir(join(folder, "data"), { recursive: true });
	await writeFile(
		configuration,
		[
			"[mysqld]",
			`datadir=${join(folder, "data")}`,
			`socket=${join(folder, "s")}`,
			`pid-file=${join(folder, "pid")}`,
			`port=${port}`,
			"bind-address=127.0.0.1",
			"log_bin=mysql-bin",
			"binlog_format=ROW",
			"binlog_row_image=FULL",
			"binlog_row_metadata=FULL",
			"server_id=11",
			"innodb_log_file_size=64M",
			"innodb_flush_log_at_trx_commit=0",
			"sync_binlog=0",
			"max_allowed_packet=64M",
			// `sequence` of source.ts counts by recursion.
			"max_recursive_iterations=10000000",
			"log_bin_trust_function_creators=ON",
			...settings,
			"",
		].join("\n"),
	);
	execFileSync(
		"mariadb-install-db",
		[`--defaults-file=${configuration}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...asRoot],
		{ stdio: "ignore" },
	);
	return startServer("MariaDB", port, "mariadbd", [`--defaults-file=${configuration}`, ...asRoot]);
}
