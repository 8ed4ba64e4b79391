import { join } from "node:path";
import { startMariaDb } from "../../tests/support/servers/mariadb.ts";
import type { Row } from "../core/measure.ts";
import { peersPython } from "../core/peers.ts";
import { cost } from "../core/processes.ts";
import { BenchStack } from "../core/stack.ts";
import { columnNames, fillSales } from "./sales.ts";

export const reconcileRow: Row = {
	name: "reconcile",
	what: "all rows and values of a table of 8 columns of different types, compared with its current table: from the call of `reconcile` until it returns, including a run of the jobs that finds nothing new; the server's own functions only see one side",
	unit: "rows",
	sizes: [20_000, 200_000, 2_000_000],
	async prepare(size, folder, defer) {
		const server = await startMariaDb(join(folder, "server"), ["innodb_buffer_pool_size=1G"]);
		defer(() => server.stop());
		const connection = await server.connect();
		await fillSales(connection, size);
		const home = join(folder, "home");
		const stack = await BenchStack.create(home, server.port, ["bench"]);
		defer(() => stack.stop());
		for (const command of [["replication", "start"], ["run-etl"]]) await stack.run(command);
		const files = join(home, "lake", "processed", "current", "bench", "sales", "data", "*.parquet");
		const others = columnNames.filter((name) => name !== "id").join(",");
		const script = join(import.meta.dirname, "..", "peers", "compare.py");
		return {
			ours: {
				name: "pipeline-cli reconcile",
				run: async () => {
					const { seconds, memory, stdout } = await stack.run(["reconcile", "--json"]);
					const { ok, tables } = JSON.parse(stdout) as { ok: boolean; tables: { rows: { lake: number } }[] };
					if (!ok || tables[0]?.rows.lake !== size) throw new Error(`the lake does not equal the source: ${stdout}`);
					return { seconds, memory };
				},
			},
			peers: [
				{
					name: "COUNT(*) and MD5 in the server",
					run: async () => {
						const began = performance.now();
						await connection.query(
							`SELECT COUNT(*), BIT_XOR(CAST(CONV(LEFT(MD5(CONCAT_WS('#', ${columnNames.join(", ")})), 16), 16, 10) AS UNSIGNED)) FROM bench.sales`,
						);
						return { seconds: (performance.now() - began) / 1000 };
					},
				},
				{
					name: "reladiff, MySQL and DuckDB",
					run: async () => {
						const args = [script, String(server.port), "bench", "sales", others, files];
						const { seconds, memory, stdout } = await cost({ command: join(peersPython, "bin", "python"), args });
						if (stdout.trim() !== "0") throw new Error(`reladiff finds ${stdout} rows that differ`);
						return { seconds, memory };
					},
				},
			],
		};
	},
};
