import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { isAlive } from "../cli/engines/local/processes.ts";
import { LocalReplication } from "../cli/engines/local/replication/localReplication.ts";
import { passwordFile, readSettings, writeSettings } from "../cli/engines/local/settings.ts";
import { PipelineError } from "../cli/errors.ts";
import { foldByKey, sourceRows } from "./support/fold.ts";
import { startMariaDb, type TestServer } from "./support/mariadb.ts";
import { makeStack, type TestStack, until } from "./support/replicator.ts";

const limits = { batchInterval: 0.2 };
const columns = ["id", "name"];

let server: TestServer;
let db: Connection;
const stacks: TestStack[] = [];
let number = 0;

beforeAll(async () => {
	server = await startMariaDb();
	db = await server.connect();
});

afterEach(async () => {
	for (const stack of stacks.splice(0)) await stack.remove();
});

afterAll(async () => {
	await db?.end();
	await server?.stop();
});

/** A schema of a test's own with a table `t` of three rows, and a stack that replicates it. */
async function makeShop(): Promise<{ stack: TestStack; schema: string }> {
	number += 1;
	const schema = `shop-${number}`;
	await db.query(`CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4; USE \`${schema}\`;
		CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(50)); INSERT INTO t VALUES (1, 'one'), (2, 'zwö'), (3, '三 🎉')`);
	const stack = await makeStack(server.port, [schema]);
	stacks.push(stack);
	return { stack, schema };
}

async function expectEqual(stack: TestStack, schema: string): Promise<void> {
	expect(await foldByKey(stack, `${schema}/t`, ["id"], columns)).toEqual(
		await sourceRows(db, "SELECT id, name FROM t ORDER BY id"),
	);
}

function changes(
	stack: TestStack,
	schema: string,
	wanted: "inserts" | "updates" | "deletes",
	count: number,
): Promise<unknown> {
	return until(async () => (await stack.statistics(`${schema}.t`))?.[wanted] === count);
}

test("full load, then changes, with DMS's states, texts, files and columns", async () => {
	const { stack, schema } = await makeShop();
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
	await changes(stack, schema, "deletes", 1);
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

test("the process list shows no password", async () => {
	const { stack } = await makeShop();
	await db.query("CREATE OR REPLACE USER watcher@'%' IDENTIFIED BY 'secret-word'; GRANT ALL ON *.* TO watcher@'%'");
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, source: { ...settings.source, user: "watcher" } }, stack.paths);
	await writeFile(passwordFile(stack.paths), "secret-word\n", { mode: 0o600 });
	await stack.replication.start(stack.context, limits);
	for (const pid of [await stack.supervisorPid(), await stack.workerPid()]) {
		expect(await readFile(`/proc/${pid}/cmdline`, "utf8")).toContain("daemon");
		expect(await readFile(`/proc/${pid}/cmdline`, "utf8")).not.toContain("secret-word");
	}
	expect(await readFile((await stack.replication.status()).log ?? "", "utf8")).not.toContain("secret-word");
});

test("what is written while the snapshot is taken arrives once, also from a transaction that was open then", async () => {
	const { stack, schema } = await makeShop();
	const open = await server.connect();
	await open.query(
		`USE \`${schema}\`; BEGIN; INSERT INTO t VALUES (100, 'open before'); UPDATE t SET name = 'late' WHERE id = 3`,
	);
	let writing = true;
	let id = 1000;
	const writer = (async () => {
		while (writing) {
			id += 1;
			await db.query("INSERT INTO t VALUES (?, 'x'); UPDATE t SET name = CONCAT(name, '!') WHERE id < 3", [id]);
		}
	})();
	await stack.replication.start(stack.context, limits);
	await open.query("COMMIT");
	await open.end();
	writing = false;
	await writer;
	await db.query("DELETE FROM t WHERE id = 1");
	await changes(stack, schema, "deletes", 1);
	await expectEqual(stack, schema);
	const inserted = (await stack.statistics(`${schema}.t`))?.inserts ?? 0;
	expect(inserted + ((await stack.statistics(`${schema}.t`))?.fullLoadRows ?? 0)).toBe(3 + 1 + (id - 1000));
});

test("a batch is closed by its size, and all of its tables together", async () => {
	const { stack, schema } = await makeShop();
	await stack.replication.start(stack.context, { batchInterval: 3600, batchBytes: 50_000 });
	await db.query(
		"CREATE TABLE u (id INT PRIMARY KEY); INSERT INTO u VALUES (1); INSERT INTO t SELECT seq + 10, REPEAT('x', 40) FROM seq_1_to_1000",
	);
	await db.query("INSERT INTO t SELECT seq + 2000, REPEAT('x', 40) FROM seq_1_to_1000; INSERT INTO u VALUES (2)");
	await until(async () => ((await stack.statistics(`${schema}.t`))?.inserts ?? 0) === 2000);
	expect((await stack.statistics(`${schema}.u`))?.inserts).toBe(1);
	await stack.replication.stop(stack.context);
	expect((await stack.statistics(`${schema}.u`))?.inserts).toBe(2);
});

test("a table is loaded anew while changes go on; an unknown one is refused with those that exist", async () => {
	const { stack, schema } = await makeShop();
	await stack.replication.start(stack.context, limits);
	await db.query("UPDATE t SET name = 'x' WHERE id = 1");
	await changes(stack, schema, "updates", 1);
	await stack.replication.reload(stack.context, [{ schema, table: "t" }]);
	expect(await stack.files(schema, "t")).toEqual(["LOAD00000001.parquet"]);
	await db.query("UPDATE t SET name = 'y' WHERE id = 2");
	await changes(stack, schema, "updates", 2);
	await expectEqual(stack, schema);
	await expect(stack.replication.reload(stack.context, [{ schema, table: "nope" }])).rejects.toMatchObject({
		outcome: "usage",
		text: { what: `${schema}.nope is not replicated.`, why: expect.stringContaining(`${schema}.t`) },
	});
});

test("a reload asked for while nothing runs is done at the next start", async () => {
	const { stack, schema } = await makeShop();
	await stack.replication.start(stack.context, limits);
	await db.query("DELETE FROM t WHERE id = 1");
	await changes(stack, schema, "deletes", 1);
	await stack.replication.stop(stack.context);
	await stack.replication.reload(stack.context, [{ schema, table: "t" }]);
	expect(stack.notes.join()).toContain("next start");
	await stack.replication.start(stack.context, limits);
	await until(async () => (await stack.files(schema, "t")).length === 1);
	await expectEqual(stack, schema);
});

test("a table that cannot be replicated is in error, the others go on", async () => {
	const { stack, schema } = await makeShop();
	await db.query(
		"CREATE TABLE places (id INT PRIMARY KEY, place POINT); CREATE TABLE clash (id INT PRIMARY KEY, op INT)",
	);
	await db.query("CREATE TABLE `..` (id INT PRIMARY KEY); INSERT INTO `..` VALUES (1)");
	await stack.replication.start(stack.context, limits);
	expect((await stack.replication.status()).tables).toMatchObject({ loaded: 1, errored: 3 });
	await db.query(
		"TRUNCATE TABLE `..`; DROP TABLE `..`; CREATE TABLE `a/b` (id INT PRIMARY KEY); INSERT INTO `a/b` VALUES (1)",
	);
	await until(async () => (await stack.statistics(`${schema}.a/b`))?.state === "Table error");
	expect(await readdir(join(stack.paths.raw, schema))).toEqual(["t"]);
	expect(await stack.statistics(`${schema}.places`)).toMatchObject({
		state: "Table error",
		lastError: "column place: type point is not supported",
	});
	await db.query(
		"CREATE TABLE later (id INT PRIMARY KEY, area POLYGON); INSERT INTO later VALUES (1, NULL); INSERT INTO t VALUES (4, 'on')",
	);
	await changes(stack, schema, "inserts", 1);
	await until(async () => (await stack.statistics(`${schema}.later`))?.state === "Table error");
	await db.query("ALTER TABLE places DROP COLUMN place");
	await stack.replication.reload(stack.context, [{ schema, table: "places" }]);
	expect((await stack.statistics(`${schema}.places`))?.state).toBe("Table completed");
});

test("a schema that does not exist is refused with those that do", async () => {
	const { schema } = await makeShop();
	const stack = await makeStack(server.port, [schema, "nowhere"]);
	stacks.push(stack);
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
		outcome: "usage",
		text: { what: "The source has no schema nowhere.", why: expect.stringContaining(schema) },
	});
	expect(await stack.replication.status()).toMatchObject({ state: "failed", text: "Failed" });
});

test.each([
	["binlog_format", "MIXED", "ROW"],
	["binlog_row_image", "MINIMAL", "FULL"],
	["binlog_row_metadata", "NO_LOG", "FULL"],
])("%s = %s is refused with its fix", async (variable, wrong, right) => {
	const { stack } = await makeShop();
	await db.query(`SET GLOBAL ${variable} = ${wrong}`);
	try {
		await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
			outcome: "serviceRefused",
			text: {
				what: expect.stringContaining(`${variable} is ${wrong}`),
				fix: expect.stringContaining(`${variable} = ${right}`),
			},
		});
	} finally {
		await db.query(`SET GLOBAL ${variable} = ${right}`);
	}
	expect(await stack.replication.start(stack.context, limits)).toBe("started");
});

test("a missing grant and a source that is down are told at once", async () => {
	const { stack } = await makeShop();
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await db.query("CREATE OR REPLACE USER poor@'%'; GRANT SELECT ON *.* TO poor@'%'");
	await writeSettings({ ...settings, source: { ...settings.source, user: "poor" } }, stack.paths);
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({ outcome: "credentials" });
	await writeSettings({ ...settings, source: { ...settings.source, port: 1 } }, stack.paths);
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
		text: { what: "The source at 127.0.0.1:1 cannot be reached." },
	});
	await writeSettings(settings, stack.paths);
	expect(await stack.replication.start(stack.context, limits)).toBe("started");
});

test("a damaged checkpoint is not guessed over; the raw zone stays until a reload", async () => {
	const { stack, schema } = await makeShop();
	await stack.replication.start(stack.context, limits);
	await db.query("DELETE FROM t WHERE id = 1");
	await changes(stack, schema, "deletes", 1);
	await stack.replication.stop(stack.context);
	const files = await stack.files(schema, "t");
	await truncate(join(stack.paths.replication, "checkpoint.json"), 200);
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
		outcome: "failure",
		text: { what: "The checkpoint of the replication is damaged.", next: "pipeline-cli replication start --reload" },
	});
	expect(await stack.files(schema, "t")).toEqual(files);
	await stack.replication.start(stack.context, { ...limits, reload: true });
	expect(await stack.files(schema, "t")).toEqual(["LOAD00000001.parquet"]);
	await expectEqual(stack, schema);
});

test("two starts at the same time make one replicator", async () => {
	const { stack, schema } = await makeShop();
	const other = new LocalReplication(stack.paths);
	const outcomes = await Promise.all([
		stack.replication.start(stack.context, limits),
		other.start(stack.context, limits),
	]);
	expect(outcomes.sort()).toEqual(["already running", "started"]);
	const pid = (await stack.supervisorPid()) ?? 0;
	expect(isAlive(pid)).toBe(true);
	await db.query("INSERT INTO t VALUES (9, 'once')");
	await changes(stack, schema, "inserts", 1);
	await expectEqual(stack, schema);
});

test("Ctrl-C ends the waiting and not the replication", async () => {
	const { stack } = await makeShop();
	const abort = new AbortController();
	const waiting = stack.replication.start({ ...stack.context, signal: abort.signal }, limits);
	abort.abort(new PipelineError("cancelled", { what: "cancelled" }));
	await expect(waiting).rejects.toMatchObject({
		outcome: "cancelled",
		text: { what: "No longer waiting; the replication goes on in the background." },
	});
	await until(async () => (await stack.replication.status()).text === "Load complete, replication ongoing");
});

test("a worker that dies is started again; a supervisor that dies takes its worker along", async () => {
	const { stack, schema } = await makeShop();
	await stack.replication.start(stack.context, limits);
	const worker = (await stack.workerPid()) ?? 0;
	process.kill(worker, "SIGKILL");
	await db.query("INSERT INTO t VALUES (7, 'seven')");
	await changes(stack, schema, "inserts", 1);
	const next = (await stack.workerPid()) ?? 0;
	process.kill((await stack.supervisorPid()) ?? 0, "SIGKILL");
	await until(async () => !isAlive(next));
	expect(await stack.replication.status()).toMatchObject({
		state: "failed",
		lastError: "The replicator ended without a word.",
	});
	expect(await stack.replication.start(stack.context, limits)).toBe("resumed");
	await expectEqual(stack, schema);
});

// A small file system of its own is the only honest full disk, and only root may mount one.
test.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")(
	"a full disk fails clearly and loses nothing",
	async () => {
		const { stack, schema } = await makeShop();
		const settings = await readFile(stack.paths.settings, "utf8");
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", stack.paths.home]);
		try {
			await writeFile(stack.paths.settings, settings);
			await mkdir(stack.paths.source);
			await writeFile(passwordFile(stack.paths), "", { mode: 0o600 });
			await stack.replication.start(stack.context, limits);
			const { bavail, bsize } = await statfs(stack.paths.home);
			await writeFile(join(stack.paths.home, "ballast"), Buffer.alloc(bavail * bsize - 600_000));
			await db.query("INSERT INTO t SELECT seq + 10, MD5(seq) FROM seq_1_to_100000");
			await until(async () => (await stack.replication.status()).state === "failed");
			expect((await stack.replication.status()).lastError).toContain("The disk is full");
			expect(await stack.files(schema, "t")).toEqual(["LOAD00000001.parquet"]);
			await until(async () => (await stack.supervisorPid()) === undefined);
			await rm(join(stack.paths.home, "ballast"));
			expect(await stack.replication.start(stack.context, limits)).toBe("resumed");
			await changes(stack, schema, "inserts", 100_000);
			await expectEqual(stack, schema);
			expect(
				(await readdir(join(stack.paths.replication, "staging"))).filter((name) => name.endsWith(".parquet")),
			).toEqual([]);
		} finally {
			await stack.replication.stop(stack.context);
			execFileSync("umount", [stack.paths.home]);
		}
	},
);
