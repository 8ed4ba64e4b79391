import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2";
import { describe, expect } from "vitest";
import { logTo } from "../../cli/common/log.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { passwordFile } from "../../cli/engines/local/shared/settings.ts";
import { coreOf } from "../../cli/engines/mysql/core.ts";
import { openConnection } from "../../cli/engines/mysql/open.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { eventsOf } from "../support/logLines.ts";
import type { TestServer } from "../support/servers/testServer.ts";

let server: TestServer;
const password = "p4ss:/@word'";
it.beforeAll(async ({ server: own }) => {
	server = own;
	const admin = await server.connect();
	await admin.query("CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY, name TEXT)");
	await admin.query("INSERT INTO shop.t VALUES (1, 'one'), (2, 'two'), (3, 'three')");
	await admin.query("CREATE USER dms@'%' IDENTIFIED BY ?", [password]);
	await admin.query("GRANT ALL ON *.* TO dms@'%' WITH GRANT OPTION");
	await admin.end();
});

describe("a connection to MySQL", () => {
	let events: Record<string, unknown>[];
	const open = () =>
		openConnection(
			{ host: "127.0.0.1", port: server.port, tls: "DISABLED", user: "dms", password },
			{ database: "shop" },
		);
	it.beforeEach(() => {
		events = [];
		logTo((line) => events.push(JSON.parse(line)));
	});
	it.afterEach(() => logTo(undefined));

	it("logs each statement once, with its time and rows, and without its parameters", async () => {
		const connection = await open();
		await connection.query("SELECT * FROM t WHERE name <> ?", ["the secret of the shop"]);
		await connection.query({ sql: "UPDATE t SET name = name WHERE id > ?", values: [1] });
		await connection.execute("SELECT ? + 1 AS n", [4711]);
		await connection.end();
		expect(events).toMatchObject([
			{ event: "mysql", sql: "SELECT * FROM t WHERE name <> ?", rows: 3 },
			{ sql: "UPDATE t SET name = name WHERE id > ?", rows: 2 },
			{ sql: "SELECT ? + 1 AS n", rows: 1 },
		]);
		expect(events.every(({ ms }) => Number(ms) > 0)).toBe(true);
		expect(JSON.stringify(events)).not.toMatch(/secret of the shop|4711/);
	});

	it("gives what it gives without the log", async () => {
		const logged = await open();
		logTo(undefined);
		const plain = await open();
		const sql = "SELECT id, name FROM t WHERE id < ? ORDER BY id";
		const [[rows, fields], [wantedRows, wantedFields]] = [
			await logged.query<RowDataPacket[]>(sql, [3]),
			await plain.query<RowDataPacket[]>(sql, [3]),
		];
		expect(rows).toEqual(wantedRows);
		expect(fields.map(({ name }) => name)).toEqual(wantedFields.map(({ name }) => name));
		await Promise.all([logged.end(), plain.end()]);
	});

	it("logs rows that are read as they come, when they end", async () => {
		const connection = await open();
		const rows: unknown[] = [];
		await new Promise((resolve, reject) => {
			const query = coreOf(connection).query({ sql: "SELECT id FROM t ORDER BY id", rowsAsArray: true });
			query.on("result", (row) => rows.push(row));
			query.on("error", reject);
			query.on("end", resolve);
		});
		await connection.end();
		expect(rows).toEqual([[1], [2], [3]]);
		expect(events).toMatchObject([{ sql: "SELECT id FROM t ORDER BY id", rows: 3 }]);
	});

	it("logs the code of an error, and throws the error as it is", async () => {
		const connection = await open();
		await expect(connection.query("SELECT * FROM nowhere")).rejects.toMatchObject({ code: "ER_NO_SUCH_TABLE" });
		await connection.end();
		expect(events).toMatchObject([{ sql: "SELECT * FROM nowhere", error: "ER_NO_SUCH_TABLE" }]);
	});

	it("shows no statement that sets a secret", async () => {
		const connection = await open();
		await connection.query("CREATE USER made@'%' IDENTIFIED BY 'made-s3cret'");
		await connection.query("ALTER USER made@'%' IDENTIFIED BY 'made-s3cret-2'");
		await connection.query("SET PASSWORD FOR made@'%' = PASSWORD('made-s3cret-3')");
		await connection.query(`SELECT ${connection.escape(password)} AS found`);
		await connection.end();
		expect(events).toHaveLength(4);
		expect(JSON.stringify(events)).not.toMatch(/made-s3cret/);
		expect(JSON.stringify(events)).not.toContain("p4ss:/@word");
	});
});

describe("the command line", () => {
	let stack: CliStack;
	it.beforeAll(async ({ fileStack }) => {
		stack = fileStack;
	});
	const secretEnvironment = {
		AWS_SECRET_ACCESS_KEY: "access-key-that-is-secret",
		AWS_SESSION_TOKEN: "session-token-that-is-secret",
		PIPELINE_SOURCE_PASSWORD: password,
	};
	/** Also as a URL has it. */
	const secrets = [...Object.values(secretEnvironment), encodeURIComponent(password), "p4ss"];

	it("logs statements and children, here and in the replicator, and never a secret", async () => {
		const debug = { ...secretEnvironment, PIPELINE_LOG: "debug" };
		const url = `mysql://dms:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
		const ofUrl = { ...debug, PIPELINE_SOURCE_PASSWORD: "", PIPELINE_SOURCE_URL: `${url}?ssl-mode=DISABLED` };
		const up = await stack.run(["source", "up", "--schema", "shop"], ofUrl);
		expect(up).toMatchObject({ code: 0 });
		const start = await stack.run(["replication", "start"], debug);
		expect(start).toMatchObject({ code: 0 });
		const stop = await stack.run(["replication", "stop"], debug);
		const crawl = await stack.run(["crawl", "--verbose"], secretEnvironment);
		const query = await stack.run(["query", "SELECT 1 AS a", "--verbose", "--json"], secretEnvironment);
		expect(query).toMatchObject({ code: 0 });
		expect(JSON.parse(query.stdout)).toMatchObject({ rows: [[1]] });
		const log = await readFile(join(localPaths(stack.home).replication, "replicator.log"), "utf8");

		expect(eventsOf(up.stderr).filter(({ event }) => event === "mysql").length).toBeGreaterThan(5);
		expect(eventsOf(start.stderr)).toContainEqual(
			expect.objectContaining({ event: "process", background: true, args: expect.arrayContaining(["supervise"]) }),
		);
		expect(eventsOf(query.stderr)).toContainEqual(
			expect.objectContaining({ event: "duckdb", sql: "SELECT 1 AS a", rows: 1 }),
		);
		const inside = eventsOf(log);
		expect(inside).toContainEqual(
			expect.objectContaining({ event: "mysql", sql: "SELECT `id`, `name` FROM `shop`.`t`", rows: 3 }),
		);
		expect(inside.some(({ event, sql }) => event === "duckdb" && String(sql).startsWith("COPY "))).toBe(true);
		expect(inside).toContainEqual(
			expect.objectContaining({ event: "process", args: expect.arrayContaining(["work"]), exit: 0 }),
		);

		const shown = [up, start, stop, crawl, query].map(({ stdout, stderr }) => stdout + stderr).join("\n") + log;
		for (const secret of secrets) expect(shown).not.toContain(secret);
	});

	it("keeps the password of the private server out of the lines", async ({ stack: own }) => {
		const up = await own.run(["source", "up", "--verbose"]);
		expect(up).toMatchObject({ code: 0 });
		const started = eventsOf(up.stderr).filter(({ event }) => event === "process");
		expect(started.some(({ background, command }) => background && String(command).endsWith("mariadbd"))).toBe(true);
		const status = await own.run(["source", "status", "--verbose"]);
		expect(eventsOf(status.stderr).some(({ event }) => event === "mysql")).toBe(true);
		const generated = (await readFile(passwordFile(localPaths(own.home)), "utf8")).trim();
		expect(generated.length).toBeGreaterThan(20);
		expect(up.stdout + up.stderr + status.stdout + status.stderr).not.toContain(generated);
	});

	it("says nothing without being asked", async () => {
		const { stderr } = await stack.run(["query", "SELECT 1"]);
		expect(eventsOf(stderr)).toEqual([]);
	});
});
