import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import mysql, { type Connection } from "mysql2/promise";
import { poll } from "../../../cli/common/poll.ts";

/** A database server of a test's own, with the binlog as replication needs it. */
export interface TestServer {
	port: number;
	connect(options?: { charset?: string; database?: string }): Promise<Connection>;
	restart(): Promise<void>;
	/** Has it answer nobody, as one that hangs, until `goOn`. */
	halt(): void;
	goOn(): void;
	/** Ends the connections that were made, and the server. */
	stop(): Promise<void>;
}

/** How long a server may take to end before it is killed. */
const stopMs = 20_000;

/** Starts a server that listens on a loopback port and waits until it takes connections. Its root has no password. */
export async function startServer(
	name: string,
	port: number,
	command: string,
	args: readonly string[],
): Promise<TestServer> {
	let server: ChildProcess;
	const connections: Connection[] = [];
	const connect: TestServer["connect"] = async (options = {}) => {
		const connection = await mysql.createConnection({
			host: "127.0.0.1",
			port,
			user: "root",
			charset: "utf8mb4",
			multipleStatements: true,
			dateStrings: true,
			supportBigNumbers: true,
			bigNumberStrings: true,
			...options,
		});
		connections.push(connection);
		return connection;
	};
	const up = async (): Promise<void> => {
		server = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
		let log = "";
		let failure: Error | undefined;
		server.once("error", (error) => {
			failure = error;
		});
		server.stderr?.on("data", (chunk: Buffer) => {
			log = (log + chunk.toString()).slice(-5000);
		});
		await poll({ firstMs: 100 }, async () => {
			if (failure !== undefined) throw failure;
			if (server.exitCode !== null || server.signalCode !== null) throw new Error(`${name} ended: ${log}`);
			try {
				await (await connect()).end();
				return true;
			} catch {
				return undefined;
			}
		});
	};
	const goOn = (): void => void server.kill("SIGCONT");
	const down = async (): Promise<void> => {
		if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
		const ended = new Promise((resolve) => server.once("exit", resolve));
		server.kill("SIGTERM");
		goOn();
		const late = setTimeout(() => server.kill("SIGKILL"), stopMs);
		await ended;
		clearTimeout(late);
	};
	const stop = async (): Promise<void> => {
		for (const connection of connections) connection.destroy();
		await down();
	};
	try {
		await up();
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		port,
		connect,
		restart: async () => {
			await down();
			await up();
		},
		halt: () => void server.kill("SIGSTOP"),
		goOn,
		stop,
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
