import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { isAlive } from "../../cli/common/process/processIdentity.ts";
import { rounds } from "../support/cases.ts";
import { currentRows, queryLake, runJobs } from "../support/currentTables.ts";
import { foldAsBag, foldByKey, sourceRows } from "../support/fold.ts";
import { test } from "../support/replicationFixtures.ts";
import { type TestStack, until } from "../support/replicator.ts";
import { resetBinlog, sequence } from "../support/servers/source.ts";
import type { TestServer } from "../support/servers/testServer.ts";

const kills = rounds(30, 8);
const limits = { batchInterval: 0.3, batchBytes: 256 * 1024 };

let server: TestServer;
let db: Connection;
let stack: TestStack;

test.beforeAll(async ({ server: own, db: connection, fileStackOf }) => {
	server = own;
	db = connection;
	await db.query(
		`CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop;
		CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT, note VARCHAR(200), total DECIMAL(10,2));
		CREATE TABLE lines (orderId INT, line INT, product VARCHAR(20), PRIMARY KEY (orderId, line));
		CREATE TABLE visits (page VARCHAR(10), seconds INT);
		CREATE TABLE marker (id INT PRIMARY KEY);
		INSERT INTO orders (customer, note, total) SELECT seq % 50, REPEAT('n', seq % 150), seq / 7 FROM ${sequence(30000)};
		INSERT INTO \`lines\` SELECT seq, seq % 3, 'p' FROM ${sequence(3000)};
		INSERT INTO visits SELECT seq % 5, seq % 3 FROM ${sequence(100)}`.replace("TABLE lines", "TABLE `lines`"),
	);
	stack = await fileStackOf("shop");
});

/** Small numbers from a seed, so that a failing run can be repeated. */
function randomNumbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** Statements of one transaction. */
function transaction(random: (below: number) => number): string {
	const order = random(30_000);
	const kinds = [
		`INSERT INTO orders (customer, note, total) SELECT ${random(50)}, REPEAT('x', ${random(100)}), seq FROM ${sequence(1 + random(60))}`,
		`UPDATE orders SET total = total + 1, note = CONCAT('u', ${random(1000)}) WHERE id BETWEEN ${order} AND ${order + random(80)}`,
		`DELETE FROM orders WHERE id BETWEEN ${order} AND ${order + random(20)}`,
		`UPDATE orders SET id = -id WHERE id = ${order}`,
		`INSERT IGNORE INTO \`lines\` VALUES (${order}, ${random(4)}, 'new')`,
		`UPDATE IGNORE \`lines\` SET line = line + 1 WHERE orderId BETWEEN ${random(3000)} AND ${random(3000)} ORDER BY line DESC LIMIT 20`,
		`DELETE FROM \`lines\` WHERE orderId = ${random(3000)}`,
		`INSERT INTO visits VALUES ('${random(5)}', ${random(3)}), ('${random(5)}', ${random(3)})`,
		`UPDATE visits SET seconds = ${random(3)} WHERE page = '${random(5)}' LIMIT 3`,
		`DELETE FROM visits WHERE page = '${random(5)}' LIMIT 2`,
	];
	const statements = Array.from({ length: 1 + random(5) }, () => kinds[random(kinds.length)]);
	return `BEGIN; ${statements.join("; ")}; ${random(10) === 0 ? "ROLLBACK" : "COMMIT"}`;
}

async function expectEqual(): Promise<void> {
	const orders = ["id", "customer", "note", "total"];
	expect(await foldByKey(stack, "shop/orders", ["id"], orders)).toEqual(
		await sourceRows(db, `SELECT ${orders.join(", ")} FROM orders ORDER BY id`),
	);
	const lines = ["orderId", "line", "product"];
	expect(await foldByKey(stack, "shop/lines", ["orderId", "line"], lines)).toEqual(
		await sourceRows(db, `SELECT ${lines.join(", ")} FROM \`lines\` ORDER BY orderId, line`),
	);
	expect(await foldAsBag(stack, "shop/visits", ["page", "seconds"])).toEqual(
		await sourceRows(db, "SELECT page, seconds, COUNT(*) AS n FROM visits GROUP BY 1, 2 ORDER BY 1, 2"),
	);
}

/** What the jobs make of the raw zone is what the source holds, row for row. */
async function expectCurrentEqual(): Promise<void> {
	await runJobs(stack);
	const orders = ["id", "customer", "note", "total"];
	expect(await currentRows(stack, "orders", orders, ["id"])).toEqual(
		await sourceRows(db, `SELECT ${orders.join(", ")} FROM orders ORDER BY id`),
	);
	const lines = ["orderId", "line", "product"];
	expect(await currentRows(stack, "lines", lines, ["orderId", "line"])).toEqual(
		await sourceRows(db, `SELECT ${lines.join(", ")} FROM \`lines\` ORDER BY orderId, line`),
	);
	expect(
		await queryLake(
			stack,
			"SELECT page, CAST(seconds AS VARCHAR) AS seconds, CAST(count(*) AS VARCHAR) AS n FROM visits GROUP BY ALL ORDER BY 1, 2",
		),
	).toEqual(await sourceRows(db, "SELECT page, seconds, COUNT(*) AS n FROM visits GROUP BY 1, 2 ORDER BY 1, 2"));
}

/** Every change is numbered once, in the order of the files, and counted once. */
async function expectNumberedOnce(): Promise<void> {
	const tables = ["orders", "lines", "visits"];
	const all = tables.map(
		(table) => `SELECT '${table}' AS t, Op, cdc_change_seq AS seq, filename AS f FROM {shop/${table}}`,
	);
	const changes = `(${all.join(" UNION ALL ")}) WHERE f NOT LIKE '%LOAD%'`;
	const [counted] = await stack.query(
		`SELECT count(*) - count(DISTINCT seq) AS twice, count(*) > 0 AS some, min(length(seq)) AS digits FROM ${changes}`,
	);
	expect(counted).toEqual({ twice: 0n, some: true, digits: 35n });
	const ordered = await stack.query(
		`SELECT t FROM (SELECT t, f, min(seq) AS low, lag(max(seq)) OVER (PARTITION BY t ORDER BY f) AS high FROM ${changes} GROUP BY t, f) WHERE low <= high`,
	);
	expect(ordered).toEqual([]);
	const counts = await stack.query(
		`SELECT t, count(*) FILTER (Op = 'I') AS i, count(*) FILTER (Op = 'U') AS u, count(*) FILTER (Op = 'D') AS d FROM ${changes} GROUP BY t ORDER BY t`,
	);
	const shown = (await stack.replication.tables()).filter((one) => tables.includes(one.table));
	expect(
		shown
			.map((one) => ({ t: one.table, i: BigInt(one.inserts), u: BigInt(one.updates), d: BigInt(one.deletes) }))
			.sort((a, b) => (a.t < b.t ? -1 : 1)),
	).toEqual(counts);
}

/** On a busy machine a kill and the start after it take many times as long as on a free one. */
const killsMs = 120_000 + kills * 25_000;

test(`${kills} kills under a random write load lose nothing and repeat nothing`, { timeout: killsMs }, async () => {
	const seed = Date.now() % 100_000;
	const random = randomNumbers(seed);
	let writing = true;
	const writer = (async () => {
		const connection = await server.connect();
		await connection.query("USE shop");
		while (writing) {
			await connection.query(transaction(random));
			await sleep(20);
		}
		await connection.end();
	})();
	const whom = randomNumbers(seed + 1);
	let isStarting = false;
	const start = async (): Promise<void> => {
		isStarting = true;
		await stack.replication.start(stack.context, limits).catch(() => undefined);
		isStarting = false;
	};
	let starting = start();
	for (let killed = 0; killed < kills; ) {
		const target = whom(4) === 0 ? stack.supervisorPid : stack.workerPid;
		// Every other one is hit while it works, the rest at whatever it is doing then.
		if (killed % 2 === 0) await starting;
		const pid = await until(async () => {
			const found = await target();
			// Killed so often at one position, it ended with a failure, whoever waited for it then; the next start continues there.
			if ((found === undefined || !isAlive(found)) && !isStarting) starting = start();
			return found !== undefined && isAlive(found) && found;
		}, 5);
		await sleep(whom(700));
		if (!isAlive(pid)) continue;
		process.kill(pid, "SIGKILL");
		killed += 1;
		await until(async () => !isAlive(pid), 5);
		await starting;
		starting = start();
	}
	await starting;
	writing = false;
	await writer;
	await db.query("INSERT INTO marker VALUES (1)");
	await stack.replication.start(stack.context, limits);
	await until(async () => (await stack.statistics("shop.marker"))?.inserts === 1);
	await expectEqual();
	await expectNumberedOnce();
	await expectCurrentEqual();
});

test("stop, write, start: what was written meanwhile arrives once", async () => {
	expect(await stack.replication.stop(stack.context)).toBe("stopped");
	expect(await stack.replication.stop(stack.context)).toBe("not running");
	expect(await stack.replication.status()).toMatchObject({ state: "stopped", text: "Stopped" });
	const random = randomNumbers(7);
	for (let number = 0; number < 50; number += 1) await db.query(transaction(random));
	await db.query("INSERT INTO marker VALUES (2)");
	expect(await stack.replication.start(stack.context, limits)).toBe("resumed");
	await until(async () => (await stack.statistics("shop.marker"))?.inserts === 2);
	await expectEqual();
	await expectNumberedOnce();
	await expectCurrentEqual();
});

test("a server restart is survived; the lost connection shows until it is back", async () => {
	const worker = await stack.workerPid();
	await db.end();
	await server.restart();
	db = await server.connect();
	await db.query("USE shop; INSERT INTO marker VALUES (3)");
	await until(async () => (await stack.statistics("shop.marker"))?.inserts === 3);
	expect(await stack.workerPid()).toBe(worker);
	const status = await stack.replication.status();
	expect(status.state).toBe("running");
	expect(status.lastError).toBeUndefined();
	await expectEqual();
});

test("a second start finds it running", async () => {
	const pid = await stack.supervisorPid();
	expect(await stack.replication.start(stack.context, limits)).toBe("already running");
	expect(await stack.supervisorPid()).toBe(pid);
});

test("a reset binlog fails with its fix, and a reload fixes it", async () => {
	await stack.replication.stop(stack.context);
	await db.query(`${resetBinlog}; INSERT INTO marker VALUES (4)`);
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
		outcome: "serviceRefused",
		text: { next: "pipeline-cli replication start --reload" },
	});
	expect(await stack.replication.status()).toMatchObject({ state: "failed", text: "Failed" });
	expect(await stack.replication.start(stack.context, { ...limits, reload: true })).toBe("started");
	await db.query("INSERT INTO marker VALUES (5)");
	await until(async () => (await stack.statistics("shop.marker"))?.inserts === 1);
	await expectEqual();
	expect(await stack.files("shop", "orders")).toEqual(["LOAD00000001.parquet"]);
	await expectCurrentEqual();
});

test("a binlog that is reset while it is followed fails, too", async () => {
	await db.query(`${resetBinlog}; INSERT INTO marker VALUES (6)`);
	await until(async () => (await stack.replication.status()).state === "failed");
	expect((await stack.replication.status()).lastError).toContain("can no longer be read");
	await stack.replication.start(stack.context, { ...limits, reload: true });
	await expectEqual();
});
