import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { filesBelow } from "../../cli/engines/local/catalog/lakeFolders.ts";
import { LocalReplication } from "../../cli/engines/local/replication/client/localReplication.ts";
import { type LocalPaths, localPaths } from "../../cli/engines/local/shared/paths.ts";
import { scheduleProcess } from "../../cli/engines/local/shared/scheduleFile.ts";
import { it } from "../support/cliFixtures.ts";
import { MemoryWatch } from "../support/memoryWatch.ts";
import { client } from "../support/privateSource.ts";
import { until } from "../support/replicator.ts";
import { replicatorPids } from "../support/replicatorPids.ts";

/** Minutes of load: 30 in `npm run test:faults`, more by hand. */
const minutes = Number(process.env.SOAK_MINUTES ?? 30);
/** Changes and clicks a second. */
const rate = 1000;
const mebibyte = 2 ** 20;

const definition = `name: soak
source: { schemas: [soak] }
models: models
clicks: { schema: { page: string, price: double }, template: click.template }
`;
const model =
	"-- primary_key: [customer]\nSELECT customer, count(*) AS n, sum(total) AS total FROM orders GROUP BY customer\n";

/** A hundred rows a transaction: inserts, updates of recent rows, deletes of old ones. @returns how many changes it made. */
async function write(paths: LocalPaths, end: number, made: (changes: number) => void): Promise<number> {
	const db = await client(paths);
	const start = Date.now();
	let changes = 0;
	try {
		await db.query("USE soak");
		while (Date.now() < end) {
			const [inserted] = await db.query(
				"INSERT INTO soak.orders (customer, total) SELECT seq, seq / 7 FROM seq_1_to_50",
			);
			const { insertId } = inserted as { insertId: number };
			const [updated] = await db.query("UPDATE soak.orders SET total = total + 1 WHERE id BETWEEN ? AND ?", [
				insertId - 29,
				insertId,
			]);
			const [deleted] = await db.query("DELETE FROM soak.orders WHERE id BETWEEN ? AND ?", [
				insertId - 20_019,
				insertId - 20_000,
			]);
			for (const one of [inserted, updated, deleted]) changes += (one as { affectedRows: number }).affectedRows;
			made(changes);
			await sleep(Math.max(0, (changes / rate) * 1000 - (Date.now() - start)));
		}
		return changes;
	} finally {
		await db.end();
	}
}

const largest = (values: readonly number[]): number => Math.max(0, ...values);
const third = (values: readonly number[], which: number): readonly number[] =>
	values.slice(Math.floor((values.length * which) / 3), Math.floor((values.length * (which + 1)) / 3));

it.runIf(process.env.ALL_FAULTS === "1")(
	`${minutes} minutes of ${rate} changes and ${rate} clicks a second leave memory flat, the lag bounded, the lake equal`,
	{ timeout: (minutes + 30) * 60_000 },
	async ({ stack, folder }) => {
		const own = join(folder, "definition");
		await mkdir(join(own, "models"), { recursive: true });
		await writeFile(join(own, "pipeline.yaml"), definition);
		await writeFile(
			join(own, "click.template"),
			'{"page":"{{lorem.word}}","price":{{number.int({"min":1,"max":5})}}}\n',
		);
		await writeFile(join(own, "models", "totals.sql"), model);
		const paths = localPaths(stack.home);
		await stack.json(["source", "up", "--pipeline", own]);
		const db = await client(paths);
		await db.query("CREATE DATABASE soak");
		await db.query("USE soak");
		await db.query("CREATE TABLE soak.orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT, total DECIMAL(20,2))");
		await db.query("INSERT INTO soak.orders (customer, total) SELECT seq, seq FROM seq_1_to_20000");
		await db.end();
		await stack.json(["up", "--every", "1m"]);
		const replication = new LocalReplication(paths);
		const clicks = stack.start(["clicks", "send", "--rate", String(rate), "--duration", `${minutes * 60}s`, "--json"]);
		const memory = new MemoryWatch(async () => [
			...(await replicatorPids(paths.home).catch(() => [])),
			(await scheduleProcess(paths))?.pid,
			clicks.pid,
		]);
		const lags: number[] = [];
		let written = 0;
		const followed = async (): Promise<number> => {
			const [table] = await replication.tables();
			return table === undefined ? 0 : table.inserts + table.updates + table.deletes;
		};
		const work = write(paths, Date.now() + minutes * 60_000, (changes) => {
			written = changes;
		});
		let isWriting = true;
		const looks = (async () => {
			for (; isWriting; await sleep(2000)) lags.push((written - (await followed())) / rate);
		})();
		const changes = await work.finally(() => {
			isWriting = false;
		});
		await looks;
		const sent = await clicks.ended;
		expect([sent.code, JSON.parse(sent.stdout)]).toMatchObject([0, { lost: 0 }]);
		const caughtUpFrom = performance.now();
		await until(async () => (await followed()) === changes, 500);
		const caughtUpSeconds = (performance.now() - caughtUpFrom) / 1000;
		const peaks = await memory.end();
		await stack.run(["run-etl"]);
		const report = await stack.json<ReconcileReport>(["reconcile"]);
		const rawFiles = (await filesBelow(join(paths.raw, "soak"), [".parquet"])).length;
		const states = await filesBelow(join(paths.processed, "_state"), [".json"]);
		const stateBytes = (await Promise.all(states.map((path) => stat(path)))).reduce((sum, { size }) => sum + size, 0);
		const found = {
			minutes,
			changes,
			clicks: JSON.parse(sent.stdout) as unknown,
			lagSeconds: { most: largest(lags), mostOfLastThird: largest(third(lags, 2)) },
			caughtUpSeconds,
			thirdsMiB: Object.fromEntries(
				[...memory.samples].map(([name, samples]) => [
					name,
					[0, 1, 2].map((which) => Math.round(largest(third(samples, which)) / mebibyte)),
				]),
			),
			peaksMiB: Object.fromEntries(Object.entries(peaks).map(([name, bytes]) => [name, Math.round(bytes / mebibyte)])),
			rawFiles,
			stateBytes,
		};
		process.stdout.write(`soak ${JSON.stringify(found)}\n`);
		expect(changes).toBeGreaterThan(0.9 * rate * 60 * minutes);
		expect(report.tables.map(({ table, state }) => [table, state])).toEqual([["orders", "equal"]]);
		// A batch a minute at most, and one where it is full.
		expect(largest(third(lags, 2))).toBeLessThan(90);
		expect(stateBytes).toBeLessThan(20_000 + 300 * rawFiles);
		for (const [program, samples] of memory.samples) {
			// What the engine holds between runs is its allocator's.
			if (!/^(replicator\.js|scheduler\.js)|clicks/.test(program)) continue;
			expect(largest(third(samples, 2)), program).toBeLessThan(1.3 * largest(third(samples, 1)) + 20 * mebibyte);
		}
	},
);
