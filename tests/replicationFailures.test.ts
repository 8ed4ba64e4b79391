import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readSettings, writeSettings } from "../cli/engines/local/settings.ts";
import { projectRoot } from "../cli/projectRoot.ts";
import { foldByKey, sourceRows } from "./support/fold.ts";
import { startMariaDb, type TestServer } from "./support/mariadb.ts";
import { makeStack, type TestStack, until } from "./support/replicator.ts";

const limits = { batchInterval: 0.2 };
const loadFile = "LOAD00000001.parquet";

let server: TestServer;
let db: Connection;
let stack: TestStack | undefined;
let number = 0;

beforeAll(async () => {
	server = await startMariaDb();
	db = await server.connect();
});

afterEach(async () => {
	await stack?.remove();
	stack = undefined;
});

afterAll(async () => {
	await db?.end();
	await server?.stop();
});

async function makeShop(): Promise<{ stack: TestStack; schema: string }> {
	number += 1;
	const schema = `shop-${number}`;
	await db.query(`CREATE DATABASE \`${schema}\`; USE \`${schema}\`;
		CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(50)); INSERT INTO t VALUES (1, 'one'), (2, 'two');
		CREATE TABLE u (id INT PRIMARY KEY)`);
	stack = await makeStack(server.port, [schema]);
	return { stack, schema };
}

test("a table that can no longer be replicated keeps its files when it is loaded anew, and the reload fails", async () => {
	const { stack, schema } = await makeShop();
	await stack.replication.start(stack.context, limits);
	await db.query("ALTER TABLE t ADD g GEOMETRY");
	await until(async () => (await stack.statistics(`${schema}.t`))?.state === "Table error");
	await expect(stack.replication.reload(stack.context, [{ schema, table: "t" }])).rejects.toMatchObject({
		outcome: "failure",
		text: { what: `${schema}.t could not be loaded.`, why: "column g: type geometry is not supported" },
	});
	expect(await stack.statistics(`${schema}.t`)).toMatchObject({ state: "Table error" });
	expect(await stack.files(schema, "t")).toEqual([loadFile]);
	expect(await foldByKey(stack, `${schema}/t`, ["id"], ["id", "name"])).toEqual(
		await sourceRows(db, "SELECT id, name FROM t ORDER BY id"),
	);
	await db.query("ALTER TABLE t DROP g");
	await stack.replication.reload(stack.context, [{ schema, table: "t" }]);
	expect(await stack.statistics(`${schema}.t`)).toMatchObject({ state: "Table completed" });
});

test("a reload whose table is refused tells so, although the table was well until then", async () => {
	const { stack, schema } = await makeShop();
	await db.query(`CREATE OR REPLACE USER reader@'%';
		GRANT RELOAD, REPLICATION SLAVE, BINLOG MONITOR, SHOW DATABASES ON *.* TO reader@'%';
		GRANT SELECT ON \`${schema}\`.t TO reader@'%'; GRANT SELECT ON \`${schema}\`.u TO reader@'%'`);
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, source: { ...settings.source, user: "reader" } }, stack.paths);
	await stack.replication.start(stack.context, limits);
	await db.query(`REVOKE SELECT ON \`${schema}\`.t FROM reader@'%'`);
	await expect(stack.replication.reload(stack.context, [{ schema, table: "t" }])).rejects.toMatchObject({
		outcome: "failure",
		text: { what: `${schema}.t could not be loaded.`, why: expect.stringContaining("denied") },
	});
	expect(await stack.files(schema, "t")).toEqual([loadFile]);
	await db.query(`GRANT SELECT ON \`${schema}\`.t TO reader@'%'`);
	await stack.replication.reload(stack.context, [{ schema, table: "t" }]);
	expect(await stack.statistics(`${schema}.t`)).toMatchObject({ state: "Table completed" });
});

/** Process ids of the replicator's processes of a stack, whatever its files say. */
function replicators(stack: TestStack): number[] {
	const lines = execFileSync("ps", ["-ww", "-e", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
	return lines.filter((line) => line.includes(`--home ${stack.paths.home} `)).map((line) => Number.parseInt(line, 10));
}

test("a start that is cancelled at once leaves a replicator that stop finds, before it has begun to work", async () => {
	const { stack } = await makeShop();
	const cli = spawn(process.execPath, ["--import", "tsx", join(projectRoot, "cli/main.ts"), "replication", "start"], {
		env: { ...process.env, PIPELINE_HOME: stack.paths.home },
		stdio: ["ignore", "ignore", "pipe"],
	});
	let said = "";
	cli.stderr.on("data", (chunk: Buffer) => {
		said += chunk.toString();
	});
	const closed = once(cli, "close");
	try {
		await until(async () => replicators(stack).length > 0, 1);
		cli.kill("SIGINT");
		const [code] = await closed;
		expect(said).toContain("goes on in the background");
		expect(code).toBe(8);
		expect(replicators(stack)).not.toEqual([]);
		expect(await stack.replication.stop(stack.context)).toBe("stopped");
		// Where none is left, none can come up later.
		expect(replicators(stack)).toEqual([]);
		expect(await stack.replication.stop(stack.context)).toBe("not running");
	} finally {
		cli.kill("SIGKILL");
		for (const pid of replicators(stack)) process.kill(pid, "SIGKILL");
	}
});
