import { afterEach, beforeEach, expect, it } from "vitest";
import { logTo } from "../../common/log.ts";
import { type OpenDuckDb, openDuckDb } from "./open.ts";

let events: Record<string, unknown>[];
let database: OpenDuckDb;

beforeEach(async () => {
	events = [];
	logTo((line) => events.push(JSON.parse(line)));
	database = await openDuckDb();
});

afterEach(() => {
	database.close();
	logTo(undefined);
});

it("logs each statement once, with its time and rows", async () => {
	const { connection } = database;
	await connection.run("CREATE TABLE t (a INTEGER)");
	await connection.run("INSERT INTO t VALUES (1), (2), (3)");
	await connection.runAndReadAll("SELECT * FROM t");
	await (await connection.prepare("SELECT count(*) FROM t")).runAndReadAll();
	for await (const _ of await connection.stream("SELECT a FROM t"));
	expect(events).toMatchObject([
		{ event: "duckdb", sql: "CREATE TABLE t (a INTEGER)" },
		{ sql: "INSERT INTO t VALUES (1), (2), (3)", rows: 3 },
		{ sql: "SELECT * FROM t", rows: 3 },
		{ sql: "SELECT count(*) FROM t", rows: 1 },
		{ sql: "SELECT a FROM t" },
	]);
	expect(events.every(({ ms }) => typeof ms === "number" && ms >= 0)).toBe(true);
	expect(events[0]).not.toHaveProperty("rows");
});

it("logs a statement without its parameters", async () => {
	await database.connection.run("SELECT $1", ["a value"]);
	expect(events).toMatchObject([{ sql: "SELECT $1", rows: 1 }]);
	expect(JSON.stringify(events)).not.toContain("a value");
});

it("logs the kind of an error, not its words", async () => {
	await expect(database.connection.run("SELECT no_such_column")).rejects.toThrow("no_such_column");
	expect(events).toMatchObject([{ sql: "SELECT no_such_column", error: "Binder Error" }]);
});

it("logs nothing while the log is off", async () => {
	logTo(undefined);
	const quiet = await openDuckDb();
	await quiet.connection.run("SELECT 1");
	quiet.close();
	expect(events).toEqual([]);
});
