import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import mysql, { type Connection } from "mysql2/promise";
import { poll } from "../../cli/common/poll.ts";

/** A MariaDB of a test's own, with the binlog as replication needs it. */
export interface TestServer {
	port: number;
	connect(): Promise<Connection>;
	restart(): Promise<void>;
	/** Ends the connections that were made, and the server. */
	stop(): Promise<void>;
}

/** Starts a server in a new folder on a free port. Its root has no password and comes from this machine only. */
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
			...settings,
			"",
		].join("\n"),
	);
	execFileSync(
		"mariadb-install-db",
		[`--defaults-file=${configuration}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...asRoot],
		{ stdio: "ignore" },
	);
	let server: ChildProcess;
	const connections: Connection[] = [];
	const connect = async (): Promise<Connection> => {
		const connection = await mysql.createConnection({
			host: "127.0.0.1",
			port,
			user: "root",
			charset: "utf8mb4",
			multipleStatements: true,
			dateStrings: true,
			supportBigNumbers: true,
			bigNumberStrings: true,
		});
		connections.push(connection);
		return connection;
	};
	const up = async (): Promise<void> => {
		server = spawn("mariadbd", [`--defaults-file=${configuration}`, ...asRoot], {
			stdio: ["ignore", "ignore", "pipe"],
		});
		let log = "";
		server.stderr?.on("data", (chunk: Buffer) => {
			log = (log + chunk.toString()).slice(-5000);
		});
		await poll({ firstMs: 100 }, async () => {
			if (server.exitCode !== null) throw new Error(`MariaDB ended: ${log}`);
			try {
				await (await connect()).end();
				return true;
			} catch {
				return undefined;
			}
		});
	};
	const down = async (): Promise<void> => {
		if (server.exitCode !== null || server.signalCode !== null) return;
		const ended = new Promise((resolve) => server.once("exit", resolve));
		server.kill("SIGTERM");
		const late = setTimeout(() => server.kill("SIGKILL"), 20_000);
		await ended;
		clearTimeout(late);
	};
	await up();
	return {
		port,
		connect,
		restart: async () => {
			await down();
			await up();
		},
		stop: async () => {
			for (const connection of connections) connection.destroy();
			await down();
		},
	};
}

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

/** Resident memory of a process, bytes; 0 where it is gone. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
	return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
