import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { isAlive } from "../../cli/common/process/processIdentity.ts";
import { statePaths } from "../../cli/engines/local/replication/model/statePaths.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";

const limits = { batchInterval: 0.2 };

test("what the replicator crashes at time and again is a failure with its reason, position and remedy", async ({
	shop,
	db,
}) => {
	const { stack } = shop;
	await stack.replication.start(stack.context, limits);
	await until(async () => {
		const worker = await stack.workerPid();
		if (worker !== undefined && isAlive(worker)) process.kill(worker, "SIGKILL");
		return (await stack.replication.status()).state === "failed";
	});
	expect(await stack.replication.status()).toMatchObject({
		text: "Failed",
		lastError: expect.stringMatching(
			/The replicator crashed 5 times after mysql-bin\.\d+:\d+[\s\S]*It ended with SIGKILL/,
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
