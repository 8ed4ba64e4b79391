import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, cp, mkdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { findMySql } from "./mysqlPackages.ts";
import { findOldMySql } from "./oldMySql.ts";
import { freePort, startServer, type TestServer } from "./testServer.ts";

const run = promisify(execFile);

/** Whether tests on MySQL are to have one whose foreign keys are InnoDB's own. */
export const isOldMySql = process.env.MYSQL_RELEASE === "8.0";

/**
 * Starts MySQL itself in a new folder on a free port. Its root has no password and comes from this machine only.
 * @param settings more of mysqld's, such as `lower_case_table_names=1`, which count already when its data are made.
 * @param link to its program, by which it is started.
 * @throws NoMySql where none can be had.
 */
export async function startMySql(folder: string, settings: readonly string[] = [], link?: string): Promise<TestServer> {
	const found = await (isOldMySql ? findOldMySql() : findMySql());
	const { command } = found;
	const args = found.args.map((arg) => (link !== undefined && basename(arg) === "mysqld" ? link : arg));
	const port = await freePort();
	const data = join(folder, "data");
	await mkdir(folder, { recursive: true });
	const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
	const own = [...asRoot, ...settings.map((setting) => `--${setting}`)];
	await cp(await emptyData(command, [...args, ...own]), data, { recursive: true });
	return startServer("MySQL", port, command, [
		...args,
		`--datadir=${data}`,
		...own,
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

/** Data of a server that was never started, made once in a run of tests: it takes seconds. */
async function emptyData(command: string, args: readonly string[]): Promise<string> {
	const settings = createHash("sha256")
		.update([command, ...args].join("\n"))
		.digest("hex")
		.slice(0, 16);
	const folder = join(tmpdir(), `mysql-data-${settings}`);
	const isThere = await access(folder).then(
		() => true,
		() => false,
	);
	if (isThere) return folder;
	const made = `${folder}.${process.pid}`;
	await run(command, [...args, `--datadir=${made}`, "--initialize-insecure"]);
	// Each server makes an id of its own.
	await rm(join(made, "auto.cnf"), { force: true });
	await rename(made, folder);
	return folder;
}
