import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isLogging, keepSecret, log, logIsAskedFor, logTo, shownArguments, shownStatement } from "./log.ts";

let lines: string[];

beforeEach(() => {
	lines = [];
	logTo((line) => lines.push(line));
});

afterEach(() => {
	logTo(undefined);
	vi.unstubAllEnvs();
});

it("writes an event as one line of JSON, with its time", () => {
	log({ event: "duckdb", sql: "SELECT\n1", ms: 1.5, rows: 1 });
	expect(lines).toHaveLength(1);
	expect(lines[0]).not.toContain("\n");
	const { time, ...event } = JSON.parse(lines[0] ?? "");
	expect(Math.abs(Date.now() - Date.parse(time))).toBeLessThan(60_000);
	expect(event).toEqual({ event: "duckdb", sql: "SELECT\n1", ms: 1.5, rows: 1 });
});

it("writes nothing while it is off", () => {
	logTo(undefined);
	expect(isLogging()).toBe(false);
	log({ event: "duckdb", sql: "SELECT 1", ms: 1 });
	expect(lines).toEqual([]);
});

it.each([
	["debug", true],
	["info", false],
	["", false],
	[undefined, false],
])("PIPELINE_LOG=%s asks for it: %s", (value, asked) => {
	vi.stubEnv("PIPELINE_LOG", value);
	expect(logIsAskedFor()).toBe(asked);
});

describe("a secret", () => {
	it("that was named is hidden wherever it turns up", () => {
		keepSecret('p:/@ "word');
		log({ event: "process", command: "x", args: ['--say=p:/@ "word!'], ms: 1 });
		expect(lines[0]).not.toContain("word");
		expect(JSON.parse(lines[0] ?? "").args).toEqual(["--say=***!"]);
	});

	it("is hidden as SQL and URLs have it, too", () => {
		const secret = 'it\'s \\ a "secret"';
		keepSecret(secret);
		const forms = [secret.replaceAll("'", "''"), secret.replaceAll(/['"\\]/g, "\\$&"), encodeURIComponent(secret)];
		log({ event: "process", command: "x", args: forms, ms: 1 });
		expect(JSON.parse(lines[0] ?? "").args).toEqual(["***", "***", "***"]);
	});

	it("of the environment is hidden", () => {
		vi.stubEnv("AWS_SECRET_ACCESS_KEY", "abcdefghijkl");
		vi.stubEnv("AWS_SESSION_TOKEN", "sessionsession");
		vi.stubEnv("PIPELINE_SOURCE_PASSWORD", "hunter2hunter2");
		logTo((line) => lines.push(line));
		const args = ["abcdefghijkl", "x-sessionsession", "hunter2hunter2"];
		log({ event: "process", command: "x", args, ms: 1 });
		expect(JSON.parse(lines[0] ?? "").args).toEqual(["***", "x-***", "***"]);
	});

	it("of a URL is hidden", () => {
		const args = ["mysql://dms:s3cret@db:3306/shop", "http://127.0.0.1:8888/lab?a=1&token=s3cret&b=2"];
		log({ event: "process", command: "x", args, ms: 1 });
		expect(JSON.parse(lines[0] ?? "").args).toEqual([
			"mysql://***@db:3306/shop",
			"http://127.0.0.1:8888/lab?a=1&token=***&b=2",
		]);
	});
});

describe("a statement", () => {
	it.each([
		"CREATE USER 'dms'@'%' IDENTIFIED BY 's3cret'",
		"alter user dms identified with mysql_native_password as 0x7333637265740a",
		'SET PASSWORD FOR dms = PASSWORD("s3cret")',
		"CHANGE MASTER TO MASTER_HOST = 'h', MASTER_PASSWORD = 's3cret'",
		"CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'u', PASSWORD 's3cret')",
		"CREATE SECRET (TYPE s3, KEY_ID 'k', SECRET 's3cret')",
		"SET s3_secret_access_key = 's3cret'",
		"SET s3_session_token = 's3cret'",
	])("is not shown where it sets a secret: %s", (sql) => {
		const shown = shownStatement(`\n\t${sql}`);
		expect(shown).not.toMatch(/s3cret|7333/);
		expect(shown).toContain(sql.split(" ", 2).join(" "));
	});

	it.each(["SELECT `password`, token FROM users WHERE id = ?", "SELECT 'plain'"])("is shown otherwise: %s", (sql) => {
		expect(shownStatement(sql)).toBe(sql);
	});

	it("is cut where it is long", () => {
		const shown = shownStatement(`SELECT ${"x".repeat(5000)}`);
		expect(shown.length).toBeLessThan(1100);
		expect(shown).toContain("(5007 characters)");
	});
});

it.each([
	[["--password=s3cret"], ["--password=***"]],
	[
		["--token", "s3cret", "next"],
		["--token", "***", "next"],
	],
	[["DB_PASSWORD=s3cret"], ["DB_PASSWORD=***"]],
	[["--access-key=s3cret"], ["--access-key=***"]],
	[
		["--password", "--other"],
		["--password", "--other"],
	],
	[
		["--port=3306", "-m", "pip"],
		["--port=3306", "-m", "pip"],
	],
])("shows the arguments %j as %j", (args, shown) => {
	expect(shownArguments(args)).toEqual(shown);
});
