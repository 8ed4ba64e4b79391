import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { statePaths } from "../../cli/engines/local/replication/model/statePaths.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";

const limits = { batchInterval: 0.2 };

test("what the replicator crashes at three times is a failure with its reason, position and remedy", async ({
	shop,
	db,
}) => {
	const { stack } = shop;
	await stack.replication.start(stack.context, limits);
	await db.query(`SET GLOBAL binlog_row_metadata = MINIMAL; INSERT INTO t VALUES (50, 'nameless');
		SET GLOBAL binlog_row_metadata = FULL; INSERT INTO t VALUES (51, 'after')`);
	await until(async () => (await stack.replication.status()).state === "failed");
	expect(await stack.replication.status()).toMatchObject({
		text: "Failed",
		lastError: expect.stringMatching(
			/The replicator crashed 3 times after mysql-bin\.\d+:\d+[\s\S]*Error: the binlog has no column names/,
		),
	});
	expect(await stack.replication.start(stack.context, { ...limits, reload: true })).toBe("started");
	expect(await stack.replication.status()).toMatchObject({ text: "Load complete, replication ongoing" });
	await db.query("INSERT INTO t VALUES (52, 'again')");
	await shop.changes("inserts", 1);
});

test("a damaged request is named and put aside, a damaged lock is made again", async ({ shop, db }) => {
	const { stack } = shop;
	const files = statePaths(stack.paths);
	await stack.replication.start(stack.context, limits);
	await writeFile(join(files.requests, "x.json"), "{{{");
	await until(async () => (await stack.replication.status()).lastError?.includes("x.json") === true);
	expect(await readdir(files.requests)).toEqual(["x.json.damaged"]);
	await db.query("INSERT INTO t VALUES (60, 'on')");
	await shop.changes("inserts", 1);
	const whole = await readFile(files.lock);
	const halves = [whole.subarray(0, whole.length / 2), Buffer.alloc(whole.length)];
	for (const damage of ["", "no database", "x".repeat(20_000), ...halves]) {
		await stack.replication.stop(stack.context);
		await writeFile(files.lock, damage);
		expect(await stack.replication.start(stack.context, limits)).toBe("resumed");
	}
	await db.query("INSERT INTO t VALUES (61, 'still')");
	await shop.changes("inserts", 2);
});
