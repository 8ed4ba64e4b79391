import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import { BinaryRows } from "../../cli/engines/local/replication/mysql/binaryRows.ts";
import { isTransient } from "../../cli/engines/local/replication/mysql/errors.ts";
import { Server } from "../../cli/engines/local/replication/mysql/server.ts";
import { openSnapshotAfter } from "../../cli/engines/local/replication/mysql/snapshot.ts";
import { readSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import type { SourceAccess } from "../../cli/engines/mysql/access.ts";
import { cuttingProxy } from "../support/cuttingProxy.ts";
import { foldByKey } from "../support/fold.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";
import { isMySql, sequence } from "../support/servers/source.ts";

const fill = `CREATE TABLE big (id INT PRIMARY KEY, v CHAR(200)); INSERT INTO big SELECT seq, REPEAT('x', 200) FROM ${sequence(20_000)}`;

const never = new AbortController().signal;
const isAll = process.env.ALL_FAULTS === "1";

function accessOf({ port }: { port: number }, schema: string): SourceAccess {
	return { host: "127.0.0.1", port, user: "root", password: "", schemas: [schema], tls: "DISABLED" };
}

test("a load whose connection breaks is repeated, and ends", async ({ shop, db, server, onTestFinished }) => {
	const { stack, schema } = shop;
	await db.query(`${fill}; CREATE TABLE \`empty\` (id INT PRIMARY KEY)`);
	const proxy = await cuttingProxy(server.port, 1_000_000, 2);
	onTestFinished(() => proxy.close());
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, source: { ...settings.source, port: proxy.port } }, stack.paths);
	expect(await stack.replication.start(stack.context, { batchInterval: 0.2 })).toBe("started");
	expect(proxy.cuts).toBe(2);
	expect(await stack.statistics(`${schema}.big`)).toMatchObject({ state: "Table completed", fullLoadRows: 20_000 });
	// By its columns a table without a row is in the lake, too.
	expect(await stack.files(schema, "empty")).toEqual(["LOAD00000001.parquet"]);
	await db.query("INSERT INTO t VALUES (4, 'after')");
	await shop.changes("inserts", 1);
	await shop.expectEqual();
	await stack.replication.stop(stack.context);
});

test("tables that are made, filled, altered and renamed while the load begins are there with their rows", async ({
	shop,
	db,
	server,
}) => {
	const { stack, schema } = shop;
	const beside = await server.connect({ database: schema });
	let ended = false;
	const started = stack.replication.start(stack.context, { batchInterval: 0.2 }).finally(() => {
		ended = true;
	});
	const made: string[] = [];
	while ((!ended && made.length < 30) || made.length === 0) {
		const name = `late_${made.length + 1}`;
		await beside.query(
			`CREATE TABLE ${name} (id INT PRIMARY KEY, name VARCHAR(10)); INSERT INTO ${name} VALUES (1, 'one')`,
		);
		if (made.length % 3 === 1) await beside.query(`ALTER TABLE ${name} ADD COLUMN more INT DEFAULT 7`);
		if (made.length % 3 === 2) await beside.query(`RENAME TABLE ${name} TO renamed_${name}`);
		made.push(made.length % 3 === 2 ? `renamed_${name}` : name);
		await beside.query(
			`INSERT INTO ${made.at(-1)} (id, name) VALUES (2, 'two'); UPDATE ${made.at(-1)} SET name = 'zwö' WHERE id = 1`,
		);
		// The machine is the replicator's too.
		await setTimeout(20);
	}
	await beside.end();
	await started;
	await db.query("INSERT INTO t VALUES (4, 'after')");
	await until(async () => {
		const all = await stack.replication.tables();
		const read = all.find(({ table }) => table === "t");
		return (
			(read?.inserts ?? 0) + (read?.fullLoadRows ?? 0) === 4 && all.every(({ state }) => state === "Table completed")
		);
	});
	expect((await stack.replication.tables()).map(({ table }) => table).sort()).toEqual(["t", ...made].sort());
	for (const table of made) {
		const rows = await foldByKey(stack, `${schema}/${table}`, ["id"], ["id", "name"]);
		expect(rows, table).toEqual([
			{ id: "1", name: "zwö" },
			{ id: "2", name: "two" },
		]);
	}
});

test("a query that is left half read ends at the source, and its snapshot continues", async ({ shop, db, server }) => {
	const { schema } = shop;
	await db.query(fill);
	const access = accessOf(server, schema);
	const snapshot = await openSnapshotAfter(undefined, access, [{ schema, table: "big" }], never);
	const [{ server: seen, interrupt }] = snapshot.readers;
	try {
		await seen.connection.query(`USE \`${schema}\``);
		const endless = "SELECT a.id, a.v FROM big a JOIN big b";
		const query = await BinaryRows.prepare(seen, endless);
		const refuse = (): boolean => {
			throw new Error("no more");
		};
		await expect(query.next(refuse, never)).rejects.toThrow("no more");
		await query.close(interrupt);
		await db.query("DELETE FROM big WHERE id > 10");
		expect(await seen.rows("SELECT COUNT(*) AS n FROM big")).toEqual([{ n: "20000" }]);
	} finally {
		snapshot.destroy();
	}
	await db.query("ALTER TABLE big ADD COLUMN w INT");
});

test("a query that is half read ends at the source with its snapshot", async ({ shop, db, server }) => {
	const { schema } = shop;
	await db.query(fill);
	const access = accessOf(server, schema);
	const snapshot = await openSnapshotAfter(undefined, access, [{ schema, table: "big" }], never);
	const [{ server: seen }] = snapshot.readers;
	await seen.connection.query(`USE \`${schema}\``);
	const query = await BinaryRows.prepare(seen, "SELECT a.id, a.v FROM big a JOIN big b");
	await query.next(() => true, never);
	snapshot.destroy();
	await db.query("ALTER TABLE big ADD COLUMN w INT");
});

test("a source that is silent is an error wherever it owes an answer, and not where nobody reads", async ({
	shop,
	db,
	server,
	onTestFinished,
}) => {
	const { schema } = shop;
	await db.query(fill);
	const proxy = await cuttingProxy(server.port, 0, 0);
	onTestFinished(() => proxy.close());
	const access = accessOf({ port: proxy.port }, schema);
	const silenceMs = 400;
	const [asked, reading, idle] = await Promise.all([1, 2, 3].map(() => Server.connect(access, silenceMs)));
	if (asked === undefined || reading === undefined || idle === undefined) throw new Error("no connections");
	const query = await BinaryRows.prepare(reading, `SELECT a.id, a.v FROM \`${schema}\`.big a JOIN \`${schema}\`.big b`);
	await query.next(() => true, never);
	const lost = (error: unknown): unknown => {
		expect(isTransient(error)).toBe(true);
		return (error as Error).message;
	};
	const why = "the source has not responded for 0.4 seconds";
	// Whoever writes a file meanwhile does not read for longer than that.
	expect(await asked.rows("SELECT SLEEP(60)").catch(lost)).toBe(why);
	let rows = 0;
	await query.next(() => {
		rows += 1;
		return rows === 1000;
	}, never);
	expect(await idle.rows("SELECT 'on' AS state")).toEqual([{ state: "on" }]);
	proxy.freeze();
	expect(await idle.rows("SELECT 2").catch(lost)).toBe(why);
	expect(await query.next(() => false, never).catch(lost)).toBe(why);
});

test("a server that stops in the middle of a load is an error, and of its changes none is lost", async ({
	shop,
	db,
	server,
	onTestFinished,
}) => {
	const { stack, schema } = shop;
	onTestFinished(() => server.goOn());
	await db.query(fill);
	const reading = await Server.connect(accessOf(server, schema), 400);
	onTestFinished(() => reading.close());
	const query = await BinaryRows.prepare(reading, `SELECT a.id, a.v FROM \`${schema}\`.big a JOIN \`${schema}\`.big b`);
	await query.next(() => true, never);
	if (isAll) await stack.replication.start(stack.context, { batchInterval: 0.2 });
	server.halt();
	const lost = query.next(() => false, never);
	await expect(lost).rejects.toThrow("the source has not responded for 0.4 seconds");
	if (!isAll) return;
	// Asked for its position, it owes an answer, too; and it proves every five seconds that it is there.
	const why = new RegExp(`The connection to 127.0.0.1:${server.port} timed out|the source has stopped responding`);
	await until(async () => why.test((await stack.replication.status()).lastError ?? ""));
	server.goOn();
	await db.query("INSERT INTO t VALUES (7, 'after')");
	await shop.changes("inserts", 1);
	await shop.expectEqual();
});

test("several connections see one snapshot, also while somebody writes", async ({ shop, db, server }) => {
	const { schema } = shop;
	await db.query("CREATE TABLE counted (id INT PRIMARY KEY AUTO_INCREMENT, v INT)");
	const access = accessOf(server, schema);
	let opening = true;
	const writing = (async () => {
		while (opening) await db.query("INSERT INTO counted (v) VALUES (1), (2)");
	})();
	const snapshot = await openSnapshotAfter(undefined, access, [{ schema, table: "counted" }], never, 3);
	opening = false;
	await writing;
	await db.query("INSERT INTO counted (v) VALUES (3)");
	const counts: unknown[] = [];
	for (const { server: seen } of snapshot.readers) {
		counts.push(await seen.rows(`SELECT COUNT(*) AS n, COALESCE(MAX(v), 0) AS most FROM \`${schema}\`.counted`));
	}
	snapshot.destroy();
	expect(counts).toHaveLength(3);
	expect(new Set(counts.map((count) => JSON.stringify(count))).size).toBe(1);
	expect(snapshot.fewer).toBeUndefined();
	expect(counts[0]).not.toMatchObject([{ most: 3 }]);
});

test("settings of the source that cut or end what sessions read do not reach the load", async ({
	shop,
	db,
	server,
}) => {
	const { stack, schema } = shop;
	await db.query(fill);
	// Not so short that it ends other statements, on a machine that is busy.
	const [longest, most] = isMySql ? ["max_execution_time", 60_000] : ["max_statement_time", 60];
	await db.query(`SET GLOBAL sql_select_limit = 2, GLOBAL wait_timeout = 1, GLOBAL ${longest} = ${most}`);
	try {
		expect(await stack.replication.start(stack.context, { batchInterval: 0.2 })).toBe("started");
		expect(await stack.statistics(`${schema}.big`)).toMatchObject({ state: "Table completed", fullLoadRows: 20_000 });
		expect(await stack.statistics(`${schema}.t`)).toMatchObject({ state: "Table completed", fullLoadRows: 3 });
		const [idle, plain] = [await Server.connect(accessOf(server, schema)), await server.connect()];
		plain.on("error", () => undefined);
		await until(async () => {
			const [found] = await db.query("SELECT id FROM information_schema.PROCESSLIST WHERE id = ?", [plain.threadId]);
			return (found as unknown[]).length === 0;
		});
		expect(await idle.rows(`SELECT id FROM \`${schema}\`.t ORDER BY id`)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
		const [limit] = await idle.rows(`SELECT @@SESSION.${longest} + 0 AS most`);
		expect(Number(limit?.most)).toBe(0);
		await idle.close();
	} finally {
		await db.query(`SET GLOBAL sql_select_limit = DEFAULT, GLOBAL wait_timeout = DEFAULT, GLOBAL ${longest} = 0`);
	}
});
