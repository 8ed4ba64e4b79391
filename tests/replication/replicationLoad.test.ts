import { expect } from "vitest";
import { BinaryRows } from "../../cli/engines/local/replication/mysql/binaryRows.ts";
import { openSnapshotAfter } from "../../cli/engines/local/replication/mysql/snapshot.ts";
import { readSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { cuttingProxy } from "../support/cuttingProxy.ts";
import { test } from "../support/replicationFixtures.ts";
import { sequence } from "../support/servers/source.ts";

const fill = `CREATE TABLE big (id INT PRIMARY KEY, v CHAR(200)); INSERT INTO big SELECT seq, REPEAT('x', 200) FROM ${sequence(20_000)}`;

test("a load whose connection breaks is repeated, and ends", async ({ shop, db, server, onTestFinished }) => {
	const { stack, schema } = shop;
	await db.query(fill);
	const proxy = await cuttingProxy(server.port, 1_000_000, 2);
	onTestFinished(() => proxy.close());
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, source: { ...settings.source, port: proxy.port } }, stack.paths);
	expect(await stack.replication.start(stack.context, { batchInterval: 0.2 })).toBe("started");
	expect(proxy.cuts).toBe(2);
	expect(await stack.statistics(`${schema}.big`)).toMatchObject({ state: "Table completed", fullLoadRows: 20_000 });
	await db.query("INSERT INTO t VALUES (4, 'after')");
	await shop.changes("inserts", 1);
	await shop.expectEqual();
	await stack.replication.stop(stack.context);
});

test("a query that is left half read ends at the source, and its snapshot continues", async ({ shop, db, server }) => {
	const { schema } = shop;
	await db.query(fill);
	const access = {
		...{ host: "127.0.0.1", port: server.port, user: "root", password: "" },
		schemas: [schema],
		tls: "DISABLED" as const,
	};
	const never = new AbortController().signal;
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

test("several connections see one snapshot, also while somebody writes", async ({ shop, db, server }) => {
	const { schema } = shop;
	await db.query("CREATE TABLE counted (id INT PRIMARY KEY AUTO_INCREMENT, v INT)");
	const access = {
		host: "127.0.0.1",
		port: server.port,
		user: "root",
		password: "",
		schemas: [schema],
		tls: "DISABLED" as const,
	};
	const never = new AbortController().signal;
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
