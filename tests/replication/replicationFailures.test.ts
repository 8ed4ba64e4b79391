import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { passwordFile, readSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { test } from "../support/replicationFixtures.ts";
import { type TestStack, until } from "../support/replicator.ts";
import { isMySql, sequence } from "../support/servers/source.ts";
import type { Shop } from "../support/shop.ts";

const limits = { batchInterval: 0.2 };
const loadFile = "LOAD00000001.parquet";

/** Points have no hash, so that a table with a column `hashed POINT` cannot be replicated. */
async function hashColumn({ stack, schema }: Shop): Promise<void> {
	const folder = join(stack.paths.home, "definition");
	await mkdir(folder);
	const text = `name: own\nsource: { schemas: { ${schema}: {} } }\ndefaults: { columns: { hashed: hash } }\n`;
	await writeFile(join(folder, "pipeline.yaml"), text);
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await writeSettings({ ...settings, pipeline: folder }, stack.paths);
}

test("a table that cannot be replicated is in error, the others go on", async ({ shop, db }) => {
	const { stack, schema } = shop;
	await hashColumn(shop);
	await db.query(`CREATE TABLE places (id INT PRIMARY KEY, hashed POINT);
		CREATE TABLE merged (id INT) ENGINE=MRG_MyISAM UNION=(); CREATE TABLE more LIKE places`);
	await stack.replication.start(stack.context, limits);
	expect(await stack.replication.status()).toMatchObject({
		text: "Load complete, replication ongoing, 3 tables with errors",
		tables: { loaded: 1, errored: 3 },
	});
	expect(stack.notes.join()).toContain(`3 tables have errors: ${schema}.merged, ${schema}.more, ${schema}.places.`);
	expect(await readdir(join(stack.paths.raw, schema))).toEqual(["t"]);
	expect(await stack.statistics(`${schema}.places`)).toMatchObject({
		state: "Table error",
		lastError: expect.stringContaining("the column hashed is point, but hash applies only to text"),
	});
	expect(await stack.statistics(`${schema}.merged`)).toMatchObject({
		lastError: expect.stringMatching(/with its engine MRG_MyISAM, the binlog has different rows than the table/i),
	});
	await db.query(
		"CREATE TABLE later (id INT PRIMARY KEY, hashed POLYGON); INSERT INTO later VALUES (1, NULL); INSERT INTO t VALUES (4, 'on')",
	);
	await shop.changes("inserts", 1);
	await until(async () => (await stack.statistics(`${schema}.later`))?.state === "Table error");
	await db.query("ALTER TABLE places DROP COLUMN hashed");
	await stack.replication.reload(stack.context, [{ schema, table: "places" }]);
	expect((await stack.statistics(`${schema}.places`))?.state).toBe("Table completed");
});

test("tables and columns of any name have their files, also where replication has columns of that name", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	await db.query(
		"CREATE TABLE `..` (`Op` INT, `BI_Op` INT, `cdc_change_seq` INT, `__proto__` INT, PRIMARY KEY (`Op`))",
	);
	await db.query("CREATE TABLE `_a/b\\c` (id INT PRIMARY KEY); INSERT INTO `..` VALUES (1, 2, 3, 4)");
	await stack.replication.start(stack.context, limits);
	expect((await readdir(join(stack.paths.raw, schema))).sort()).toEqual(["-x002e-.", "_a-x002f-b-x005c-c", "t"]);
	await db.query("UPDATE `..` SET `Op` = 5; INSERT INTO `_a/b\\c` VALUES (1); CREATE TABLE `CON é/` (id INT)");
	await db.query("INSERT INTO `CON é/` VALUES (1); TRUNCATE TABLE `..`; INSERT INTO `..` VALUES (6, 7, 8, 9)");
	await until(async () => (await stack.statistics(`${schema}...`))?.inserts === 1);
	await until(async () => (await stack.statistics(`${schema}._a/b\\c`))?.inserts === 1);
	const select = "SELECT _x004f_p, _x0042_I_Op, _x0063_dc_change_seq, __proto__ AS proto, BI__x004f_p";
	expect(await stack.query(`${select} FROM {${schema}/-x002e-.} WHERE Op = 'I'`)).toEqual([
		{ _x004f_p: 6, _x0042_I_Op: 7, _x0063_dc_change_seq: 8, proto: 9, BI__x004f_p: null },
	]);
	expect(await stack.replication.status()).toMatchObject({ tables: { errored: 0 } });
});

test("a schema that does not exist is refused with those that do", async ({ shop, stackOf }) => {
	const { schema } = shop;
	const stack = await stackOf(schema, "nowhere");
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
		outcome: "usage",
		text: { what: "The source has no schema nowhere.", why: expect.stringContaining(schema) },
	});
	expect(await stack.replication.status()).toMatchObject({ state: "failed", text: "Failed" });
});

test.for([
	["binlog_format", "MIXED", "ROW"],
	["binlog_row_image", "MINIMAL", "FULL"],
	["binlog_row_metadata", "MINIMAL", "FULL"],
])("%s = %s is refused with its fix", async ([variable, wrong, right], { shop, db }) => {
	const { stack } = shop;
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

test("a missing grant and a source that is down are reported immediately", async ({ shop, db }) => {
	const { stack } = shop;
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	await db.query("DROP USER IF EXISTS poor@'%'; CREATE USER poor@'%'; GRANT SELECT ON *.* TO poor@'%'");
	await writeSettings({ ...settings, source: { ...settings.source, user: "poor" } }, stack.paths);
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({ outcome: "credentials" });
	await writeSettings({ ...settings, source: { ...settings.source, port: 1 } }, stack.paths);
	await expect(stack.replication.start(stack.context, limits)).rejects.toMatchObject({
		text: { what: "No MySQL or MariaDB is listening at 127.0.0.1:1." },
	});
	await writeSettings(settings, stack.paths);
	expect(await stack.replication.start(stack.context, limits)).toBe("started");
});

test("columns that the user may not read, and old versions of rows, are an error of that table alone", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	const settings = await readSettings(stack.paths);
	if (settings === undefined) throw new Error("no settings");
	const versioned = isMySql ? "" : "CREATE TABLE versioned (id INT PRIMARY KEY) WITH SYSTEM VERSIONING;";
	await db.query(`CREATE TABLE part (id INT PRIMARY KEY, secret TEXT); INSERT INTO part VALUES (1, 'hidden'); ${versioned}
		CREATE USER some@'%'; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO some@'%';
		GRANT LOCK TABLES ON \`${schema}\`.* TO some@'%'; GRANT SELECT ON t TO some@'%'; GRANT SELECT (id) ON part TO some@'%'`);
	if (!isMySql) await db.query("GRANT SELECT ON versioned TO some@'%'");
	await writeSettings({ ...settings, source: { ...settings.source, user: "some" } }, stack.paths);
	expect(await stack.replication.start(stack.context, limits)).toBe("started");
	expect(await stack.statistics(`${schema}.part`)).toMatchObject({
		state: "Table error",
		lastError: expect.stringContaining("grant SELECT on the whole table"),
	});
	if (!isMySql) {
		expect(await stack.statistics(`${schema}.versioned`)).toMatchObject({
			state: "Table error",
			lastError: expect.stringContaining("DROP SYSTEM VERSIONING"),
		});
	}
	await db.query("INSERT INTO part VALUES (2, 'hidden'); UPDATE t SET name = 'changed' WHERE id = 1");
	await shop.changes("updates", 1);
	expect(await stack.files(schema, "part")).toEqual([]);
});

test("a damaged checkpoint is not guessed over; the raw zone stays until a reload", async ({ shop, db }) => {
	const { stack, schema } = shop;
	await stack.replication.start(stack.context, limits);
	await db.query("DELETE FROM t WHERE id = 1");
	await shop.changes("deletes", 1);
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
	await shop.expectEqual();
});

// A small file system of its own is the only honest full disk, and only root may mount one.
test.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")(
	"a full disk fails clearly and loses nothing",
	async ({ shop, db }) => {
		const { stack, schema } = shop;
		const settings = await readFile(stack.paths.settings, "utf8");
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", stack.paths.home]);
		try {
			await writeFile(stack.paths.settings, settings);
			await mkdir(stack.paths.source);
			await writeFile(passwordFile(stack.paths), "", { mode: 0o600 });
			await stack.replication.start(stack.context, limits);
			const { bavail, bsize } = await statfs(stack.paths.home);
			await writeFile(join(stack.paths.home, "ballast"), Buffer.alloc(bavail * bsize - 600_000));
			await db.query(`INSERT INTO t SELECT seq + 10, LEFT(SHA2(seq, 256), 32) FROM ${sequence(100000)}`);
			await until(async () => (await stack.replication.status()).state === "failed");
			expect((await stack.replication.status()).lastError).toContain("The disk is full");
			expect(await stack.files(schema, "t")).toEqual(["LOAD00000001.parquet"]);
			await until(async () => (await stack.supervisorPid()) === undefined);
			await rm(join(stack.paths.home, "ballast"));
			expect(await stack.replication.start(stack.context, limits)).toBe("resumed");
			await shop.changes("inserts", 100_000);
			await shop.expectEqual();
			expect(
				(await readdir(join(stack.paths.replication, "staging"))).filter((name) => name.endsWith(".parquet")),
			).toEqual([]);
		} finally {
			await stack.replication.stop(stack.context);
			execFileSync("umount", [stack.paths.home]);
		}
	},
);

test("a table that can no longer be replicated keeps its files when it is reloaded, and the reload fails", async ({
	shop,
	db,
}) => {
	const { stack, schema } = shop;
	await hashColumn(shop);
	await stack.replication.start(stack.context, limits);
	await db.query("CREATE TABLE u (id INT PRIMARY KEY); ALTER TABLE t ADD hashed POINT");
	await until(async () => (await stack.statistics(`${schema}.t`))?.state === "Table error");
	const reported = {
		outcome: "failure",
		text: {
			what: `${schema}.t could not be loaded.`,
			why: expect.stringContaining("the column hashed is point, but hash applies only to text"),
			next: `pipeline-cli replication reload ${schema}.t`,
		},
	};
	await expect(stack.replication.reload(stack.context, [{ schema, table: "t" }])).rejects.toMatchObject(reported);
	const reload = { ...limits, reload: true };
	await expect(stack.replication.start(stack.context, reload)).rejects.toMatchObject(reported);
	await stack.replication.stop(stack.context);
	await expect(stack.replication.start(stack.context, reload)).rejects.toMatchObject(reported);
	expect(await stack.replication.status()).toMatchObject({ state: "running", tables: { loaded: 1, errored: 1 } });
	expect(await stack.files(schema, "t")).toEqual([loadFile]);
	await shop.expectEqual();
	await db.query("ALTER TABLE t DROP hashed");
	expect(await stack.replication.start(stack.context, reload)).toBe("already running");
	expect(await stack.statistics(`${schema}.t`)).toMatchObject({ state: "Table completed" });
});

test("a reload whose table is refused tells so, although the table was well until then", async ({ shop, db }) => {
	const { stack, schema } = shop;
	await db.query(`CREATE TABLE u (id INT PRIMARY KEY); DROP USER IF EXISTS reader@'%'; CREATE USER reader@'%';
		GRANT RELOAD, REPLICATION SLAVE, REPLICATION CLIENT, SHOW DATABASES, LOCK TABLES ON *.* TO reader@'%';
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

test("a start that is cancelled immediately leaves a replicator that stop finds, before it has begun to work", async ({
	shop,
}) => {
	const { stack } = shop;
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
		expect(said).toContain("continues in the background");
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
