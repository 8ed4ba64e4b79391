import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, vi } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { DumpConnection } from "../../cli/engines/local/replication/binlog/dumpConnection.ts";
import { serverIdOf } from "../../cli/engines/local/replication/model/serverId.ts";
import { passwordFile, readSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import type { SourceAccess } from "../../cli/engines/mysql/access.ts";
import { rounds } from "../support/cases.ts";
import { cuttingProxy } from "../support/cuttingProxy.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";
import { binlogStatus, sequence } from "../support/servers/source.ts";
import type { Shop } from "../support/shop.ts";

/** What is around a replicator changes while it works: the network, the clock, the password. */

const limits = { batchInterval: 0.2 };

/** Points the stack to a port, by a user. */
async function connectBy({ stack }: Shop, change: { port?: number; user?: string }): Promise<void> {
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, source: { ...settings.source, ...change } }, stack.paths);
}

test("a network that is slow and breaks again and again, in the load and while changes are read, costs no row", async ({
	shop,
	db,
	server,
	onTestFinished,
}) => {
	const { stack, schema } = shop;
	await db.query(`INSERT INTO t SELECT seq + 10, REPEAT('x', 50) FROM ${sequence(2000)}`);
	const proxy = await cuttingProxy(server.port, 40_000, 1);
	onTestFinished(() => proxy.close());
	proxy.delayMs = rounds(20, 4);
	await connectBy(shop, { port: proxy.port });
	await stack.replication.start(stack.context, limits);
	expect(proxy.cuts).toBe(1);
	let written = 0;
	for (let cuts = 0; cuts < rounds(20, 1); cuts += 1) {
		for (let n = 0; n < 10; n += 1, written += 1) {
			await db.query("INSERT INTO t VALUES (?, 'cut'); UPDATE t SET name = ? WHERE id = 1", [
				5000 + written,
				`${written}`,
			]);
			if (n === 5) proxy.cut();
		}
		await shop.changes("inserts", written);
	}
	await shop.changes("updates", written);
	await shop.expectEqual();
	const [row] = await stack.query(
		`SELECT count(*) AS n, count(DISTINCT cdc_change_seq) AS different FROM {${schema}/t} WHERE Op <> 'O' AND cdc_change_seq IS NOT NULL`,
	);
	expect(row?.n).toEqual(row?.different);
	expect(await stack.replication.status()).toMatchObject({ state: "running" });
});

/** Set back is the worse: what is due then is due for a day. */
const steps = [
	["back", -1],
	["forward", 1],
] as const;

test.for(steps.slice(0, rounds(2, 1)))(
	"a clock that is set %s by a day stops nothing, and puts nothing out of order",
	async ([, days], { shop, db, folder, onTestFinished }) => {
		const { stack, schema } = shop;
		const clock = join(folder, "clock");
		await writeFile(clock, "0");
		const program = pathToFileURL(join(projectRoot, "tests", "support", "steppedClock.mjs")).href;
		vi.stubEnv("STEPPED_CLOCK", clock);
		vi.stubEnv("NODE_OPTIONS", `--import=${program}`);
		onTestFinished(() => void vi.unstubAllEnvs());
		await stack.replication.start(stack.context, limits);
		vi.unstubAllEnvs();
		await db.query("UPDATE t SET name = 'before' WHERE id = 1");
		await shop.changes("updates", 1);
		await writeFile(clock, String(days * 86_400_000));
		await db.query("UPDATE t SET name = 'after' WHERE id = 1");
		await shop.changes("updates", 2);
		await writeFile(clock, "0");
		await db.query("UPDATE t SET name = 'as it was' WHERE id = 1");
		await shop.changes("updates", 3);
		const files = (await stack.files(schema, "t")).filter((name) => !name.startsWith("LOAD"));
		const names = await stack.query(`SELECT name FROM {${schema}/t} WHERE Op = 'U' ORDER BY filename`);
		// By this the jobs know that the load contains none of them.
		const [load] = await stack.query(
			`SELECT max(cdc_commit_time)::VARCHAR AS at FROM {${schema}/t} WHERE filename LIKE '%LOAD%'`,
		);
		const loadedAt = String(load?.at).replaceAll(/\D/g, "").slice(0, 17);
		expect(loadedAt < String(files.sort()[0]).replaceAll(/\D/g, ""), `${loadedAt} ${files[0]}`).toBe(true);
		expect([files.length, names.map(({ name }) => name)]).toEqual([3, ["before", "after", "as it was"]]);
		await shop.expectEqual();
		expect(await stack.replication.status()).toMatchObject({ state: "running" });
	},
);

test("a password that is changed at the source is said with what to do, and then all that came meanwhile arrives", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	const account = `'turned'@'%'`;
	await db.query(`DROP USER IF EXISTS ${account}; CREATE USER ${account} IDENTIFIED BY 'first';
		GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${account}; GRANT SELECT, LOCK TABLES ON \`${schema}\`.* TO ${account}`);
	await connectBy(shop, { user: "turned" });
	await writeFile(passwordFile(stack.paths), "first");
	await stack.replication.start(stack.context, limits);
	await db.query(`ALTER USER ${account} IDENTIFIED BY 'second'`);
	const [sessions] = await db.query("SELECT id FROM information_schema.PROCESSLIST WHERE user = 'turned'");
	for (const { id } of sessions as { id: number }[]) await db.query(`KILL ${id}`).catch(() => undefined);
	await db.query("INSERT INTO t VALUES (4, 'meanwhile')");
	await until(async () => (await stack.replication.status()).lastError !== undefined);
	expect((await stack.replication.status()).lastError).toContain("refused the user turned");
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
		outcome: "credentials",
		text: { fix: expect.stringContaining("PIPELINE_SOURCE_PASSWORD") },
	});
	await writeFile(passwordFile(stack.paths), "second");
	await stack.replication.start(stack.context, limits);
	await shop.changes("inserts", 1);
	await shop.expectEqual();
});

test("another client with the same server id ends the replication by name, and both do not take turns; nothing is lost", async ({
	shop,
	db,
	server,
	onTestFinished,
}) => {
	const { stack } = shop;
	await stack.replication.start(stack.context, limits);
	const access: SourceAccess = {
		host: "127.0.0.1",
		port: server.port,
		user: "root",
		password: "",
		tls: "DISABLED",
		schemas: [],
	};
	const [[position]] = (await db.query(binlogStatus)) as unknown as [[{ File: string; Position: number }]];
	const other = new DumpConnection(access, serverIdOf(stack.paths.home), {
		file: position.File,
		offset: Number(position.Position),
	});
	onTestFinished(() => other.close());
	await other.start(
		() => undefined,
		() => undefined,
	);
	await until(async () => (await stack.replication.status()).state === "failed");
	expect((await stack.replication.status()).lastError).toMatch(/^Another client of the source has taken this stack's/);
	await db.query("INSERT INTO t VALUES (77, 'meanwhile')");
	await stack.replication.start(stack.context, limits);
	await shop.changes("inserts", 1);
	await shop.expectEqual();
});
