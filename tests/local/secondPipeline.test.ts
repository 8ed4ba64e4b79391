import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { sequence } from "../support/servers/source.ts";

const secret = { PIPELINE_SOURCE_PASSWORD: "hunter2" };

interface Answer {
	rows: unknown[][];
}

/** tests/pipelines/library on a server of its own: everything that the sample shop can do, and no word of the sample. */
describe("a second pipeline", () => {
	let stack: CliStack;
	let source: Connection;
	let folder: string;
	/** The first run, of two jobs alone. */
	let onlyLogs: Awaited<ReturnType<CliStack["run"]>>;

	it.beforeAll(async ({ fileStack, fileFolder, server, db }) => {
		stack = fileStack;
		source = db;
		folder = join(fileFolder, "library");
		await cp(join(projectRoot, "tests", "pipelines", "library"), folder, { recursive: true });
		// A reserved word of MySQL 9.2 and newer.
		await source.query(`
			CREATE DATABASE \`library\`;
			CREATE TABLE \`library\`.books (id INT PRIMARY KEY, title VARCHAR(80) NOT NULL, shelf CHAR(3));
			CREATE TABLE \`library\`.members (id INT PRIMARY KEY, name VARCHAR(80), email VARCHAR(80));
			CREATE TABLE \`library\`.loans (id INT PRIMARY KEY AUTO_INCREMENT, book_id INT NOT NULL, member_id INT NOT NULL, lent_on DATE);
			CREATE TABLE \`library\`.tmp_import (id INT PRIMARY KEY);
			INSERT INTO \`library\`.books SELECT seq, CONCAT('Book ', seq), 'A1' FROM ${sequence(20)};
			INSERT INTO \`library\`.members VALUES (1, 'Ada', 'ada@company.test'), (2, 'Ole', 'ole@company.test');
			INSERT INTO \`library\`.loans (book_id, member_id, lent_on)
				SELECT 1 + seq % 7, 1 + seq % 2, '2026-01-01' + INTERVAL seq DAY FROM ${sequence(70)};
			INSERT INTO \`library\`.tmp_import VALUES (1);
			CREATE USER 'repl'@'%' IDENTIFIED BY 'hunter2';
			GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'repl'@'%';
			GRANT ALL ON \`library\`.* TO 'repl'@'%';
		`);
		const url = `mysql://repl@127.0.0.1:${server.port}?ssl-mode=DISABLED`;
		await stack.json(["source", "up", "--pipeline", folder, "--source-url", url], secret);
		await stack.json(["replication", "start", "--batch-interval", "1"], secret);
		onlyLogs = await stack.run(["run-etl", "process-load", "process-cdc"], secret);
		await stack.json(["run-etl"], secret);
	});

	it("calls nothing damaged that no job has made yet", () => {
		expect(onlyLogs.stdout).not.toContain("metadata");
		expect(onlyLogs.code).toBe(0);
	});

	const rows = async (sql: string): Promise<unknown[][]> => (await stack.json<Answer>(["query", sql])).rows;
	/** What the page has of a chart, as its file says. */
	const page = async (): Promise<string> => {
		const file = join(folder, "page.html");
		await stack.json(["dashboard", "--export", file]);
		return readFile(file, "utf8");
	};
	const edit = async (change: (text: string) => string): Promise<void> => {
		const file = join(folder, "pipeline.yaml");
		await writeFile(file, change(await readFile(file, "utf8")));
	};

	it("has its tables and its model, and not what it leaves out", async () => {
		expect(await rows("SELECT count(*), sum(loan_count) FROM book_loans")).toEqual([[7, 70]]);
		const names = (await rows("SHOW TABLES")).flat();
		expect(names).toEqual(expect.arrayContaining(["book_loans", "books", "loans", "members"]));
		expect(names.join()).not.toMatch(/click|joint|dim_|fact_|wp_|tmp_/);
	});

	it("has its charts on the page, and its tables in the warehouse", async () => {
		const html = await page();
		for (const text of ["Loans by month", "Most borrowed books", "Book 1"]) expect(html).toContain(text);
		expect(html).not.toMatch(/clickstream|joint_tables|classicmodels/);
		await stack.json(["warehouse", "apply"]);
		const counted = await stack.json<Answer>(["warehouse", "query", "SELECT count(*) FROM lake.loans"]);
		expect(counted.rows).toEqual([[70]]);
	});

	it("proves that a change arrives", async () => {
		const report = await stack.json<{ ok: boolean }>(["verify-cdc", "--create"], secret);
		expect(report.ok).toBe(true);
	});

	it("says that it has no clicks", async () => {
		const sent = await stack.run(["clicks", "send", "--records", "1"]);
		expect([sent.code, sent.stderr]).toEqual([2, expect.stringContaining("has no clicks")]);
		const status = await stack.json<object>(["status"], secret);
		expect(status).not.toHaveProperty("clickstream");
		const models = { defined: ["book_loans"], tables: ["book_loans"], bad: [], lastBuild: { models: ["book_loans"] } };
		expect(status).toMatchObject({ models });
	});

	it("takes a model, a rule and a chart in the next run, by an edit of its files alone", async () => {
		await writeFile(
			join(folder, "models", "readers.sql"),
			"-- description: Loans of each member\n-- primary_key: [member_id]\nSELECT member_id, count(*) AS loan_count FROM loans GROUP BY member_id\n",
		);
		await writeFile(
			join(folder, "queries", "readers.sql"),
			"-- Readers\n-- Columns: member_id, loan_count\nSELECT * FROM readers\n",
		);
		await edit((text) =>
			text
				.replace(
					"tables:\n  library.loans:",
					"tables:\n  library.members:\n    rules: [{ accepted_values: { column: name, values: [Ada] } }]\n  library.loans:",
				)
				.replace(
					"charts:\n",
					"charts:\n  - { title: Busiest readers, query: queries/readers.sql, type: bar, x: member_id, y: loan_count }\n",
				),
		);
		const run = await stack.run(["run-etl"], secret);
		expect([run.code, run.stdout + run.stderr]).toEqual([11, expect.stringContaining("members")]);
		expect(await rows("SELECT sum(loan_count) FROM readers")).toEqual([[70]]);
		expect(await page()).toContain("Busiest readers");
		await edit((text) => text.replace("values: [Ada]", "values: [Ada, Ole]"));
		await stack.json(["run-etl"], secret);
	});
});
