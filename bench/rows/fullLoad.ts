import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startMariaDb } from "../../tests/support/servers/mariadb.ts";
import type { Row, Way } from "../core/measure.ts";
import { peersPython } from "../core/peers.ts";
import { cost } from "../core/processes.ts";
import { BenchStack } from "../core/stack.ts";
import { fillSales } from "./sales.ts";

export const fullLoad: Row = {
	name: "full-load",
	what: "a table of 8 columns of different types, loaded into Parquet: from the call of `replication start` on a new stack until it returns, which is when changes are being replicated",
	unit: "rows",
	sizes: [20_000, 200_000, 2_000_000],
	async prepare(size, folder, defer) {
		const server = await startMariaDb(join(folder, "server"), ["innodb_buffer_pool_size=1G", "secure_file_priv="]);
		defer(() => server.stop());
		const connection = await server.connect();
		await fillSales(connection, size);
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
