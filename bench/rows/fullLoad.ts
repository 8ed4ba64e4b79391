import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startMariaDb } from "../../tests/support/servers/mariadb.ts";
import type { Row, Way } from "../core/measure.ts";
import { peersPython } from "../core/peers.ts";
import { cost } from "../core/processes.ts";
import { BenchStack } from "../core/stack.ts";

/** Eight columns of mixed types; one in three notes and one in five rates is null. */
const columns = `id BIGINT UNSIGNED PRIMARY KEY, customer INT NOT NULL, name VARCHAR(80) NOT NULL, amount DECIMAL(12,2) NOT NULL,
	sold_at DATETIME(6) NOT NULL, state ENUM('new','paid','sent','returned') NOT NULL, note TEXT, rate DOUBLE`;
const values = `seq, seq * 7919 % 100000, CONCAT('name ', seq, ' of a customer'), (seq * 31 % 1000000) / 100,
	TIMESTAMP('2026-01-01') + INTERVAL seq % 20000000 SECOND + INTERVAL seq % 1000000 MICROSECOND,
	ELT(1 + seq % 4, 'new', 'paid', 'sent', 'returned'), IF(seq % 3 = 0, NULL, CONCAT(MD5(seq), ' ', MD5(seq + 1))),
	IF(seq % 5 = 0, NULL, seq / 7)`;

export const fullLoad: Row = {
	name: "full-load",
	what: "a table of 8 mixed columns into Parquet: from the call of `replication start` on a new stack until it returns, which is when changes are followed",
	unit: "rows",
	sizes: [20_000, 200_000, 2_000_000],
	async prepare(size, folder, defer) {
		const server = await startMariaDb(join(folder, "server"), ["innodb_buffer_pool_size=1G", "secure_file_priv="]);
		defer(() => server.stop());
		const connection = await server.connect();
		await connection.query(`CREATE DATABASE bench; USE bench; CREATE TABLE bench.sales (${columns})`);
		await connection.query(`SET sql_log_bin = 0; INSERT INTO bench.sales SELECT ${values} FROM seq_1_to_${size}`);
		await connection.query("ANALYZE TABLE bench.sales");
		const home = join(folder, "home");
		const out = join(folder, "out");
		return {
			ours: {
				name: "pipeline-cli replication start",
				run: async () => {
					const stack = await BenchStack.create(home, server.port, ["bench"]);
					defer(() => stack.stop());
					const { seconds, memory } = await stack.run(["replication", "start"]);
					const { fullLoadRows } = await stack.table("sales");
					await stack.stop();
					await rm(home, { recursive: true });
					if (fullLoadRows !== size) throw new Error(`${fullLoadRows} of ${size} rows were loaded`);
					return { seconds, memory };
				},
			},
			peers: [
				{
					name: "SELECT … INTO OUTFILE",
					run: async () => {
						const file = join(folder, "server", "data", "out.csv");
						const began = performance.now();
						await connection.query(
							`SELECT * FROM bench.sales INTO OUTFILE '${file}' FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'`,
						);
						const seconds = (performance.now() - began) / 1000;
						await rm(file);
						return { seconds };
					},
				},
				...["connectorx", "dlt"].map((name) => byPython(name, server.port, out, size)),
			],
		};
	},
};

/** The peers of Python; the clock has their start in it, as it has ours. */
function byPython(name: string, port: number, out: string, rows: number): Way {
	return {
		name: { connectorx: "connectorx + pyarrow", dlt: "dlt + connectorx" }[name] ?? name,
		run: async () => {
			await mkdir(out);
			const script = join(import.meta.dirname, "..", "peers", "load.py");
			const args = [script, name, `mysql://root@127.0.0.1:${port}/bench`, "sales", out];
			const { seconds, memory, stdout } = await cost({ command: join(peersPython, "bin", "python"), args });
			await rm(out, { recursive: true });
			if (Number(stdout.trim().split("\n").at(-1)) !== rows)
				throw new Error(`${name} loaded ${stdout} of ${rows} rows`);
			return { seconds, memory };
		},
	};
}
