import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { residentBytes } from "../support/processMemory.ts";
import { test } from "../support/replicationFixtures.ts";
import { type TestStack, until } from "../support/replicator.ts";
import { sequence } from "../support/servers/source.ts";

const mostBytes = 500 * 1024 * 1024;

let db: Connection;
let stack: TestStack;

test.beforeAll(async ({ db: connection, fileStackOf }) => {
	db = connection;
	await db.query(`CREATE DATABASE big CHARACTER SET utf8mb4; USE big;
		CREATE TABLE rows_1m (id INT PRIMARY KEY, name VARCHAR(60), amount DECIMAL(12,2), at DATETIME(6));
		CREATE TABLE blobs (id INT PRIMARY KEY, content LONGBLOB, text LONGTEXT);
		INSERT INTO blobs VALUES (1, REPEAT(x'00ff10', 5592405), REPEAT('é', 4000000))`);
	stack = await fileStackOf("big");
	await stack.replication.start(stack.context, { batchInterval: 1 });
});

/** Runs something and watches the worker's memory. @returns the most resident bytes. */
async function peakWhile(run: () => Promise<unknown>): Promise<number> {
	let peak = 0;
	let running = true;
	const sampling = (async () => {
		while (running) {
			peak = Math.max(peak, await residentBytes((await stack.workerPid()) ?? 0));
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	})();
	await run();
	running = false;
	await sampling;
	return peak;
}

test("a transaction of 1,000,000 rows appears whole, with bounded memory", async () => {
	const peak = await peakWhile(async () => {
		await db.query(
			`INSERT INTO rows_1m SELECT seq, CONCAT('customer ', seq), seq / 100, '2026-01-02 03:04:05.000006' FROM ${sequence(1000000)}`,
		);
		await until(async () => {
			const inserts = (await stack.statistics("big.rows_1m"))?.inserts ?? 0;
			expect([0, 1_000_000]).toContain(inserts);
			return inserts === 1_000_000;
		});
	});
	expect(peak).toBeGreaterThan(0);
	expect(peak).toBeLessThan(mostBytes);
	const files = await stack.files("big", "rows_1m");
	expect(files.length).toBeGreaterThan(1);
	expect(
		await stack.query(
			"SELECT count(*) AS n, count(DISTINCT id) AS ids, count(DISTINCT cdc_change_seq) AS seqs, CAST(sum(amount) AS VARCHAR) AS total FROM {big/rows_1m}",
		),
	).toEqual([{ n: 1_000_000n, ids: 1_000_000n, seqs: 1_000_000n, total: "5000005000.00" }]);
});

test("changes that come faster than they are written wait at the source, not in memory", async () => {
	await stack.replication.stop(stack.context);
	await db.query("UPDATE rows_1m SET name = CONCAT(name, REPEAT('x', 40)) WHERE id <= 300000");
	await db.query("DELETE FROM rows_1m WHERE id > 700000");
	const peak = await peakWhile(async () => {
		await stack.replication.start(stack.context, { batchInterval: 1, batchBytes: 8 * 1024 * 1024 });
		await until(async () => (await stack.statistics("big.rows_1m"))?.deletes === 300_000);
	});
	expect(peak).toBeLessThan(mostBytes);
	expect(
		await stack.query("SELECT Op, count(*) AS n FROM {big/rows_1m} WHERE Op <> 'I' GROUP BY Op ORDER BY Op"),
	).toEqual([
		{ Op: "D", n: 300_000n },
		{ Op: "U", n: 300_000n },
	]);
});

test("values of 16 MB arrive whole, from the load and as changes", async () => {
	await db.query("INSERT INTO blobs SELECT 2, content, text FROM blobs WHERE id = 1");
	await db.query("UPDATE blobs SET content = CONCAT(content, 'z') WHERE id = 2");
	await until(async () => (await stack.statistics("big.blobs"))?.updates === 1);
	const rows = await stack.query(
		"SELECT Op, id, octet_length(content) AS bytes, sha256(content) AS digest, length(text) AS characters FROM {big/blobs} ORDER BY cdc_change_seq NULLS FIRST",
	);
	const [[source]] = (await db.query(
		"SELECT LENGTH(content) AS bytes, SHA2(content, 256) AS digest, CHAR_LENGTH(text) AS characters FROM blobs WHERE id = 1",
	)) as unknown as [[{ bytes: number; digest: string; characters: number }]];
	const whole = { bytes: 16_777_215n, digest: source.digest, characters: 4_000_000n };
	expect(rows.slice(0, 2)).toEqual([
		{ Op: "I", id: 1, ...whole },
		{ Op: "I", id: 2, ...whole },
	]);
	expect(rows[2]).toMatchObject({ Op: "U", id: 2, bytes: 16_777_216n });
});

test.runIf(process.env.ALL_FAULTS === "1")(
	"100 rows of 20 MB are loaded and followed with bounded memory",
	async () => {
		await db.query("CREATE TABLE wide (id INT PRIMARY KEY, content LONGBLOB, text LONGTEXT)");
		for (let id = 1; id <= 100; id += 1) {
			await db.query("INSERT INTO wide VALUES (?, REPEAT(x'00ff10aa', 2500000 + ?), REPEAT('é', 5000000))", [id, id]);
		}
		const arrived = `SELECT Op, count(*) AS n, count(DISTINCT sha256(content)) AS contents,
		CAST(sum(octet_length(content)) AS VARCHAR) AS bytes, min(length(text)) AS characters FROM {big/wide} GROUP BY Op`;
		const whole = { Op: "I", n: 100n, contents: 100n, bytes: String(4 * (250_000_000 + 5050)), characters: 5_000_000n };
		const following = await peakWhile(() => until(async () => (await stack.statistics("big.wide"))?.inserts === 100));
		expect(await stack.query(arrived)).toEqual([whole]);
		const loading = await peakWhile(async () => {
			await stack.replication.reload(stack.context, [{ schema: "big", table: "wide" }]);
			await until(async () => (await stack.statistics("big.wide"))?.fullLoadRows === 100);
		});
		expect(await stack.query(arrived)).toEqual([whole]);
		expect(following).toBeLessThan(mostBytes);
		expect(loading).toBeLessThan(mostBytes);
	},
	900_000,
);
