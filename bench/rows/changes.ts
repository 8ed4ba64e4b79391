import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startMariaDb } from "../../tests/support/servers/mariadb.ts";
import type { TestServer } from "../../tests/support/servers/testServer.ts";
import { BenchDebezium } from "../core/debezium.ts";
import type { Row } from "../core/measure.ts";
import { mariadbBinlog } from "../core/peers.ts";
import { cost } from "../core/processes.ts";
import { BenchStack } from "../core/stack.ts";

/** How changes are made, and what they are counted as. */
interface Kind {
	name: string;
	what: string;
	counter: "inserts" | "updates";
	sizes: readonly number[];
	/** Rows that are there before. */
	rows(size: number): number;
	/** Statements, each a transaction. */
	statements(size: number): Generator<string>;
}

const table = `CREATE TABLE bench.sales (id INT PRIMARY KEY, customer INT NOT NULL, name VARCHAR(60) NOT NULL,
	amount DECIMAL(12,2) NOT NULL, sold_at DATETIME(3) NOT NULL, note VARCHAR(60))`;
const values = `seq, seq * 7919 % 100000, CONCAT('name ', seq), seq * 31 % 1000000 / 100,
	TIMESTAMP('2026-01-01') + INTERVAL seq SECOND, IF(seq % 3 = 0, NULL, MD5(seq))`;
const insert = (first: number, last: number): string =>
	`INSERT INTO bench.sales SELECT ${values} FROM seq_${first}_to_${last}`;

const kinds: readonly Kind[] = [
	{
		name: "cdc-insert",
		what: "inserted rows, 1,000 per transaction",
		counter: "inserts",
		sizes: [20_000, 100_000, 500_000],
		rows: () => 0,
		*statements(size) {
			for (let first = 1; first <= size; first += 1000) yield insert(first, first + 999);
		},
	},
	{
		name: "cdc-update",
		what: "updated rows in one transaction",
		counter: "updates",
		sizes: [10_000, 50_000, 200_000],
		rows: (size) => size,
		*statements() {
			yield "UPDATE bench.sales SET amount = amount + 1, note = MD5(id + 1)";
		},
	},
	{
		name: "cdc-single",
		what: "inserted rows, one per transaction",
		counter: "inserts",
		sizes: [5_000, 20_000, 100_000],
		rows: () => 0,
		*statements(size) {
			// One call to the server, and a transaction a row.
			yield `BEGIN NOT ATOMIC DECLARE n INT DEFAULT 1; WHILE n <= ${size} DO
				INSERT INTO bench.sales VALUES (n, n % 1000, CONCAT('name ', n), n / 100, '2026-01-01', MD5(n)); SET n = n + 1;
				END WHILE; END`;
		},
	},
];

/** It takes part in one round: in each it works longer than the others together. */
const debeziumRounds = 1;

/** Changes that were made while the replicator was stopped: from the call of `replication start` until all are published. */
export const changeRows: readonly Row[] = kinds.map((kind) => ({
	name: kind.name,
	what: `${kind.what}, written while the replicator was stopped: from the call of \`replication start\` until all are in files of the raw zone`,
	unit: kind.counter === "updates" ? "updates" : "inserts",
	sizes: kind.sizes,
	async prepare(size, folder, defer) {
		const server = await startMariaDb(join(folder, "server"), ["innodb_buffer_pool_size=1G", "max_binlog_size=1G"]);
		defer(() => server.stop());
		const connection = await server.connect();
		await connection.query(`CREATE DATABASE bench; USE bench; ${table}`);
		const before = kind.rows(size);
		if (before > 0) await connection.query(`SET sql_log_bin = 0; ${insert(1, before)}; SET sql_log_bin = 1`);
		// What is caught up from: a stack that has loaded the table, and was stopped.
		const stopped = join(folder, "stopped");
		const home = join(folder, "home");
		const stack = await BenchStack.create(home, server.port, ["bench"]);
		defer(() => stack.stop());
		await stack.run(["replication", "start"]);
		await stack.stop();
		await cp(home, stopped, { recursive: true });
		const debezium = await BenchDebezium.begin(join(folder, "debezium"), server.port);
		const from = await placeOf(connection);
		for (const statement of kind.statements(size)) await connection.query(statement);
		const end = await placeOf(connection);
		const raw = join(folder, "binlog");
		return {
			ours: {
				name: "pipeline-cli replication start",
				run: async () => {
					await rm(home, { recursive: true });
					await cp(stopped, home, { recursive: true });
					const { seconds, memory } = await stack.run(["replication", "start", "--batch-interval", "1"], () =>
						stack.hasReached(end),
					);
					const counted = (await stack.table("sales"))[kind.counter];
					await stack.stop();
					if (counted !== size) throw new Error(`${counted} of ${size} changes were counted`);
					return { seconds, memory };
				},
			},
			peers: [
				...(debezium === undefined ? [] : [debezium.way(size, debeziumRounds)]),
				{
					name: "mariadb-binlog --raw",
					run: async () => {
						await mkdir(raw);
						const where = ["--host=127.0.0.1", `--port=${server.port}`, "--user=root", `--result-file=${raw}/`];
						const args = ["--read-from-remote-server", "--raw", ...where, `--start-position=${from.offset}`];
						const { seconds, memory } = await cost({ command: mariadbBinlog, args: [...args, from.file] });
						await rm(raw, { recursive: true });
						return { seconds, memory };
					},
				},
			],
		};
	},
}));

async function placeOf(
	connection: Awaited<ReturnType<TestServer["connect"]>>,
): Promise<{ file: string; offset: number }> {
	const [rows] = await connection.query("SHOW MASTER STATUS");
	const [{ File: file, Position: offset }] = rows as unknown as [{ File: string; Position: number }];
	return { file, offset: Number(offset) };
}
