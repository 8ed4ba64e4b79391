import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startMariaDb } from "../../tests/support/servers/mariadb.ts";
import type { TestServer } from "../../tests/support/servers/testServer.ts";
import { latencies, type Mark, quantile } from "../core/latency.ts";
import type { Once, Row } from "../core/measure.ts";
import { BenchStack } from "../core/stack.ts";

/** Rows of a transaction. */
const rowsOfOne = 10;
/** How long changes are made in a round, in seconds; those of the first seconds are not counted. */
const duration = 15;
const warmUp = 3;
const table = `CREATE TABLE bench.sales (id INT PRIMARY KEY, customer INT NOT NULL, name VARCHAR(60) NOT NULL,
	amount DECIMAL(12,2) NOT NULL, sold_at DATETIME(3) NOT NULL)`;

type Connection = Awaited<ReturnType<TestServer["connect"]>>;

/** Changes while everything runs, in two rows: the times until raw files, and until the current table has them. */
export const latency: Row = {
	name: "latency",
	what: `from a commit at the source (transactions of ${rowsOfOne} rows, for ${duration} s) until its file is in the raw zone, with batches of one second, and until it is in the current table, while \`run-etl --every 1s\` runs; the row's seconds are the 99th percentile of commit → raw`,
	unit: "changes/s",
	sizes: [100, 500, 2_000],
	async prepare(rate, folder, defer) {
		const server = await startMariaDb(join(folder, "server"), ["innodb_buffer_pool_size=512M"]);
		defer(() => server.stop());
		const connection = await server.connect();
		await connection.query(`CREATE DATABASE bench; USE bench; ${table}`);
		const stack = await BenchStack.create(join(folder, "home"), server.port, ["bench"]);
		defer(() => stack.stop());
		const replicator = stack.begin(["replication", "start", "--batch-interval", "1"]);
		defer(() => replicator.ended());
		await replicator.exit;
		let next = 1;

		async function run(): Promise<Once> {
			const jobs = stack.begin(["run-etl", "--every", "1s"], { okCodes: [0, 130] });
			const watched = await stack.watch("bench", "sales");
			try {
				const { commits, last } = await changes(connection, next, rate);
				next = last + 1;
				await watched.raw.has(last);
				await watched.current.has(last);
				jobs.interrupt();
				const { memory } = await jobs.ended();
				const counted = commits.slice(Math.ceil((commits.length * warmUp) / duration));
				const inRaw = latencies(counted, watched.raw.seen);
				const queryable = latencies(counted, watched.current.seen);
				return {
					seconds: quantile(inRaw, 0.99),
					memory: { ...replicator.memory(), ...memory },
					parts: {
						"commit → raw, p50": quantile(inRaw, 0.5),
						"commit → raw, p99": quantile(inRaw, 0.99),
						"commit → queryable, p50": quantile(queryable, 0.5),
						"commit → queryable, p99": quantile(queryable, 0.99),
					},
				};
			} finally {
				jobs.interrupt();
				await watched.end();
			}
		}
		return { ours: { name: "replication start --batch-interval 1", run }, peers: [] };
	},
};

/** Inserts at a rate, a transaction after the other. @returns the times of the commits, and the last id. */
async function changes(
	connection: Connection,
	first: number,
	rate: number,
): Promise<{ commits: Mark[]; last: number }> {
	const commits: Mark[] = [];
	const began = performance.now();
	const count = Math.round((rate * duration) / rowsOfOne);
	let last = first - 1;
	for (let at = 0; at < count; at += 1) {
		const due = began + (at * rowsOfOne * 1000) / rate;
		if (due > performance.now()) await sleep(due - performance.now());
		const ids = Array.from({ length: rowsOfOne }, (_, more) => last + 1 + more);
		const values = ids.map((id) => `(${id}, ${id % 1000}, 'name ${id}', ${id % 10_000} / 100, NOW(3))`);
		await connection.query(`INSERT INTO bench.sales VALUES ${values.join(", ")}`);
		last += rowsOfOne;
		commits.push({ id: last, at: performance.now() });
	}
	const behind = (performance.now() - began) / 1000 / duration;
	if (behind > 1.1) throw new Error(`the source took ${behind.toFixed(1)} times as long as the rate asks for`);
	return { commits, last };
}
