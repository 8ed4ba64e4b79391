import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findMySql } from "./mysqlPackages.ts";
import { freePort, startServer, type TestServer } from "./testServer.ts";

const run = promisify(execFile);

/**
 * Starts MySQL itself in a new folder on a free port. Its root has no password and comes from this machine only.
 * @param settings more of mysqld's, such as `lower_case_table_names=1`, which count already when its data are made.
 * @throws NoMySql where none can be had.
 */
export async function startMySql(folder: string, settings: readonly string[] = []): Promise<TestServer> {
	const { command, args } = await findMySql();
	const port = await freePort();
	const data = join(folder, "data");
	await mkdir(folder, { recursive: true });
	const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
	const common = [...args, `--datadir=${data}`, ...asRoot, ...settings.map((setting) => `--${setting}`)];
	await run(command, [...common, "--initialize-insecure"]);
	return startServer("MySQL", port, command, [
		...common,
		`--port=${port}`,
		"--bind-address=127.0.0.1",
		// Paths of sockets must be short; nobody uses this one.
		`--socket=${join(folder, "s")}`,
		`--pid-file=${join(folder, "pid")}`,
		"--mysqlx=OFF",
		"--secure-file-priv=",
		"--server-id=12",
		"--log-bin=mysql-bin",
		"--binlog-row-metadata=FULL",
		"--max-allowed-packet=256M",
		"--innodb-flush-log-at-trx-commit=0",
		"--sync-binlog=0",
		"--innodb-doublewrite=OFF",
		"--log-bin-trust-function-creators=ON",
		"--cte-max-recursion-depth=10000000",
		"--host-cache-size=0",
	]);
}
