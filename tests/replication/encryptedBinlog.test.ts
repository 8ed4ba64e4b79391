import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2/promise";
import { expect } from "vitest";
import { test as base } from "../support/replicationFixtures.ts";
import { findMySql } from "../support/servers/mysqlPackages.ts";
import { startMySql } from "../support/servers/mysqlServer.ts";
import { isMySql, isOldMySql, sequence } from "../support/servers/source.ts";

/** MySQL looks for the list of its keyring's components beside its own program, so it is started by a link in a folder of the test's. */
const test = base.extend("server", { scope: "file" }, async ({ fileFolder }, { onCleanup }) => {
	const { args } = await findMySql();
	const program = args.find((one) => one.endsWith("/mysqld")) ?? "";
	const keyring = "component_keyring_file";
	const plugins = join(fileFolder, "plugins");
	await mkdir(plugins);
	await symlink(program, join(fileFolder, "mysqld"));
	await symlink(join(program, "..", "..", "lib", "mysql", "plugin", `${keyring}.so`), join(plugins, `${keyring}.so`));
	const keys = { path: join(fileFolder, "keys"), read_only: false };
	await writeFile(join(plugins, `${keyring}.cnf`), JSON.stringify(keys));
	await writeFile(join(fileFolder, "mysqld.my"), JSON.stringify({ components: `file://${keyring}` }));
	const server = await startMySql(
		join(fileFolder, "server"),
		["binlog_encryption=ON", `plugin-dir=${plugins}`],
		join(fileFolder, "mysqld"),
	);
	onCleanup(() => server.stop());
	return server;
});

test.runIf(isMySql && !isOldMySql)(
	"a binlog that the server encrypts is followed, also over its files",
	async ({ shop, db, fileFolder }) => {
		const { stack } = shop;
		await stack.replication.start(stack.context, { batchInterval: 0.2 });
		await db.query("INSERT INTO t VALUES (4, 'four'); FLUSH BINARY LOGS; ALTER INSTANCE ROTATE BINLOG MASTER KEY");
		await db.query(`INSERT INTO t SELECT seq + 100, 'many' FROM ${sequence(20_000)}`);
		await shop.changes("inserts", 20_001);
		await stack.replication.stop(stack.context);
		await db.query("UPDATE t SET name = 'zwei' WHERE id = 2; DELETE FROM t WHERE id = 1");
		await stack.replication.start(stack.context, { batchInterval: 0.2 });
		await shop.changes("deletes", 1);
		await shop.expectEqual();
		const [logs] = await db.query<RowDataPacket[]>("SHOW BINARY LOGS");
		expect(logs.map(({ Encrypted }) => Encrypted)).toEqual(logs.map(() => "Yes"));
		const first = await readFile(join(fileFolder, "server", "data", String(logs[0]?.Log_name)));
		expect(first.readUInt8(0), "the mark of an encrypted file").toBe(0xfd);
	},
);
