import { readFile, writeFile } from "node:fs/promises";
import { expect } from "vitest";
import { PipelineError } from "../../cli/common/errors.ts";
import { isAlive } from "../../cli/common/process/processIdentity.ts";
import { LocalReplication } from "../../cli/engines/local/replication/client/localReplication.ts";
import { passwordFile, readSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";
import { isMySql, sequence } from "../support/servers/source.ts";

const limits = { batchInterval: 0.2 };

test("full load, then changes, with DMS's states, texts, files and columns", async ({ shop, db }) => {
	const { stack, schema } = shop;
	expect(await stack.replication.status()).toMatchObject({ state: "ready", text: "Ready", fullLoadProgress: 0 });
	expect(await stack.replication.start(stack.context, limits)).toBe("started");
	expect(await stack.replication.status()).toMatchObject({
		state: "running",
		text: "Load complete, replication ongoing",
		fullLoadProgress: 100,
		tables: { loaded: 1, loading: 0, queued: 0, errored: 0 },
	});
	await db.query(
		"INSERT INTO t VALUES (4, 'four'); UPDATE t SET id = 20, name = 'two' WHERE id = 2; DELETE FROM t WHERE id = 1",
	);
	await shop.changes("deletes", 1);
	const files = await stack.files(schema, "t");
	expect(files[0]).toMatch(/^\d{8}-\d{9}\.parquet$/);
	expect(files.at(-1)).toBe("LOAD00000001.parquet");
	const rows = await stack.query(
		`SELECT * EXCLUDE (filename) FROM {${schema}/t} ORDER BY cdc_change_seq NULLS FIRST, id`,
	);
	const text = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
	const digits = expect.stringMatching(/^20\d{33}$/);
	const loaded = { Op: "I", cdc_commit_time: text, cdc_change_seq: null, BI_id: null };
	const changed = { cdc_commit_time: text, cdc_change_seq: digits };
	expect(rows).toEqual([
		{ ...loaded, id: 1, name: "one" },
		{ ...loaded, id: 2, name: "zwö" },
		{ ...loaded, id: 3, name: "三 🎉" },
		{ ...changed, Op: "I", id: 4, name: "four", BI_id: null },
		{ ...changed, Op: "U", id: 20, name: "two", BI_id: 2 },
		{ ...changed, Op: "D", id: 1, name: "one", BI_id: null },
	]);
	expect(await stack.statistics(`${schema}.t`)).toMatchObject({
		state: "Table completed",
		...{ fullLoadRows: 3, inserts: 1, updates: 1, deletes: 1, ddls: 0 },
	});
	expect((await stack.replication.status()).latencySeconds).toBeGreaterThanOrEqual(0);
});

test("the process list shows no password", async ({ shop, db }) => {
	const { stack } = shop;
	await db.query("CREATE USER watcher@'%' IDENTIFIED BY 'secret-word'; GRANT ALL ON *.* TO watcher@'%'");
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, source: { ...settings.source, user: "watcher" } }, stack.paths);
	await writeFile(passwordFile(stack.paths), "secret-word\n", { mode: 0o600 });
	await stack.replication.start(stack.context, limits);
	for (const pid of [await stack.supervisorPid(), await stack.workerPid()]) {
		expect(await readFile(`/proc/${pid}/cmdline`, "utf8")).toContain("replicator.js");
		expect(await readFile(`/proc/${pid}/cmdline`, "utf8")).not.toContain("secret-word");
	}
	expect(await readFile((await stack.replication.status()).log ?? "", "utf8")).not.toContain("secret-word");
});

test("what is written while the snapshot is taken arrives once, also from a transaction that was open then", async ({
	shop,
	db,
	server,
}) => {
	const { stack, schema } = shop;
	const open = await server.connect();
	await open.query(
		`USE \`${schema}\`; BEGIN; INSERT INTO t VALUES (100, 'open before'); UPDATE t SET name = 'late' WHERE id = 3`,
	);
	let writing = true;
	let id = 1000;
	const writer = (async () => {
		while (writing) {
			id += 1;
			await db.query("INSERT INTO t VALUES (?, 'x'); UPDATE t SET name = ? WHERE id < 3", [id, `at ${id}`]);
		}
	})();
	const starting = stack.replication.start(stack.context, limits);
	if (isMySql) await until(async () => /metadata lock/.test(JSON.stringify(await open.query("SHOW PROCESSLIST"))));
	else await starting;
	await open.query("COMMIT");
	await open.end();
	await starting;
	writing = false;
	await writer;
	await db.query("DELETE FROM t WHERE id = 1");
	await shop.changes("deletes", 1);
	await shop.expectEqual();
	const inserted = (await stack.statistics(`${schema}.t`))?.inserts ?? 0;
	expect(inserted + ((await stack.statistics(`${schema}.t`))?.fullLoadRows ?? 0)).toBe(3 + 1 + (id - 1000));
});

test("a batch is closed by its size, and all of its tables together", async ({ shop, db }) => {
	const { stack, schema } = shop;
	await stack.replication.start(stack.context, { batchInterval: 3600, batchBytes: 50_000 });
	await db.query(
		`CREATE TABLE u (id INT PRIMARY KEY); INSERT INTO u VALUES (1); INSERT INTO t SELECT seq + 10, REPEAT('x', 40) FROM ${sequence(1000)}`,
	);
	await db.query(`INSERT INTO t SELECT seq + 2000, REPEAT('x', 40) FROM ${sequence(1000)}; INSERT INTO u VALUES (2)`);
	await until(async () => ((await stack.statistics(`${schema}.t`))?.inserts ?? 0) === 2000);
	expect((await stack.statistics(`${schema}.u`))?.inserts).toBe(1);
	await stack.replication.stop(stack.context);
	expect((await stack.statistics(`${schema}.u`))?.inserts).toBe(2);
});

test("what changed while it was stopped is there once it is read, however long a batch takes", async ({ shop, db }) => {
	const { stack, schema } = shop;
	const slow = { batchInterval: 3600 };
	await stack.replication.start(stack.context, slow);
	await stack.replication.stop(stack.context);
	await db.query("UPDATE t SET name = 'x' WHERE id = 1");
	await stack.replication.start(stack.context, slow);
	await until(async () => ((await stack.statistics(`${schema}.t`))?.updates ?? 0) === 1);
	await until(async () => (await stack.files(schema, "t")).length === 2);
	await stack.replication.stop(stack.context);
	await shop.expectEqual();
});

test("a table is reloaded while changes go on; an unknown one is refused with those that exist", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	await stack.replication.start(stack.context, limits);
	await db.query("UPDATE t SET name = 'x' WHERE id = 1");
	await shop.changes("updates", 1);
	await stack.replication.reload(stack.context, [{ schema, table: "t" }]);
	expect(await stack.files(schema, "t")).toEqual(["LOAD00000001.parquet"]);
	await db.query("UPDATE t SET name = 'y' WHERE id = 2");
	await shop.changes("updates", 2);
	await shop.expectEqual();
	await expect(stack.replication.reload(stack.context, [{ schema, table: "nope" }])).rejects.toMatchObject({
		outcome: "usage",
		text: { what: `${schema}.nope is not replicated.`, why: expect.stringContaining(`${schema}.t`) },
	});
});

test("a reload asked for while nothing runs is done at the next start", async ({ shop, db }) => {
	const { stack, schema } = shop;
	await stack.replication.start(stack.context, limits);
	await db.query("DELETE FROM t WHERE id = 1");
	await shop.changes("deletes", 1);
	await stack.replication.stop(stack.context);
	await stack.replication.reload(stack.context, [{ schema, table: "t" }]);
	expect(stack.notes.join()).toContain("will be reloaded when it starts");
	await stack.replication.start(stack.context, limits);
	await until(async () => (await stack.files(schema, "t")).length === 1);
	await shop.expectEqual();
});

test("two starts at the same time make one replicator", async ({ shop, db }) => {
	const { stack } = shop;
	const other = new LocalReplication(stack.paths);
	const outcomes = await Promise.all([
		stack.replication.start(stack.context, limits),
		other.start(stack.context, limits),
	]);
	expect(outcomes.sort()).toEqual(["already running", "started"]);
	const pid = (await stack.supervisorPid()) ?? 0;
	expect(isAlive(pid)).toBe(true);
	await db.query("INSERT INTO t VALUES (9, 'once')");
	await shop.changes("inserts", 1);
	await shop.expectEqual();
});

test("Ctrl-C ends the waiting and not the replication", async ({ shop }) => {
	const { stack } = shop;
	const abort = new AbortController();
	const waiting = stack.replication.start({ ...stack.context, signal: abort.signal }, limits);
	abort.abort(new PipelineError("cancelled", { what: "cancelled" }));
	await expect(waiting).rejects.toMatchObject({
		outcome: "cancelled",
		text: { what: "No longer waiting; replication continues in the background." },
	});
	await until(async () => (await stack.replication.status()).text === "Load complete, replication ongoing");
});

test("a worker that dies is started again; a supervisor that dies takes its worker along", async ({ shop, db }) => {
	const { stack } = shop;
	await stack.replication.start(stack.context, limits);
	const worker = (await stack.workerPid()) ?? 0;
	process.kill(worker, "SIGKILL");
	await db.query("INSERT INTO t VALUES (7, 'seven')");
	await shop.changes("inserts", 1);
	const next = (await stack.workerPid()) ?? 0;
	process.kill((await stack.supervisorPid()) ?? 0, "SIGKILL");
	await until(async () => !isAlive(next));
	expect(await stack.replication.status()).toMatchObject({
		state: "failed",
		lastError: "The replicator exited silently.",
	});
	expect(await stack.replication.start(stack.context, limits)).toBe("resumed");
	await shop.expectEqual();
});
