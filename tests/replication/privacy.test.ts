import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import type { CliResult, CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";

/** Values that the lake must never have, or no longer. */
const secret = (what: string): string => `clear-${what}-value`;

const header = "name: own\nsource: { schemas: { people: { tables: { exclude: [tmp_*] }, new_tables: include } } }\n";

/** One stack whose definition is edited, and nothing else, from one test to the next. */
describe("what a definition withholds", () => {
	let stack: CliStack;
	let folder: string;
	let sql: Connection;

	it.beforeAll(async ({ fileStack, fileFolder, server, db }) => {
		stack = fileStack;
		sql = db;
		folder = join(fileFolder, "own");
		await mkdir(join(folder, "models"), { recursive: true });
		await writeFile(
			join(folder, "models", "contacts.sql"),
			"-- primary_key: [id]\nSELECT id, email, city FROM customers\n",
		);
		await db.query(`
			CREATE DATABASE people CHARACTER SET utf8mb4;
			CREATE TABLE people.customers (id INT PRIMARY KEY, email VARCHAR(60), ssn VARCHAR(40), phone TEXT, city VARCHAR(40));
			CREATE TABLE people.logins (email VARCHAR(60) PRIMARY KEY, at INT);
			CREATE TABLE people.tmp_import (id INT PRIMARY KEY, note VARCHAR(40));
			CREATE TABLE people.marker (id INT PRIMARY KEY);
			CREATE TABLE people.notes (id INT PRIMARY KEY, note VARCHAR(40));
			INSERT INTO people.customers VALUES (1, '${secret("email")}', '${secret("ssn")}', '${secret("phone")}', 'Oslo'),
				(2, NULL, NULL, NULL, 'Bergen');
			INSERT INTO people.logins VALUES ('${secret("email")}', 1);
			INSERT INTO people.tmp_import VALUES (1, '${secret("import")}');
			INSERT INTO people.notes VALUES (1, '${secret("note")}');
		`);
		await define("tables: { people.customers: { columns: { ssn: drop, phone: hash } } }\nmodels: models/\n");
		const port = String(server.port);
		await db.query(
			"CREATE USER reader@localhost IDENTIFIED BY 'r'; GRANT ALL ON *.* TO reader@localhost; CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'r'; GRANT ALL ON *.* TO reader@'127.0.0.1'",
		);
		const up = await stack.run(
			[...["source", "up", "--pipeline", folder], ...["--source-url", `mysql://reader@127.0.0.1:${port}`]],
			{ PIPELINE_SOURCE_PASSWORD: "r" },
		);
		expect(up.stderr + up.stdout).toContain("people");
	});

	const define = (rest: string, first = header): Promise<void> =>
		writeFile(join(folder, "pipeline.yaml"), first + rest);
	const start = (): Promise<CliResult> => stack.run(["replication", "start", "--batch-interval", "1"]);
	const ask = async (query: string): Promise<unknown[][]> =>
		(await stack.json<{ rows: unknown[][] }>(["query", query])).rows;
	const sha = (column: string): string => `UPPER(SHA2(CONVERT(${column} USING utf8mb4), 256))`;
	const hashes = async (column: string, table: string): Promise<string[]> => {
		const [rows] = await sql.query({ sql: `SELECT ${sha(column)} FROM people.${table} ORDER BY 1`, rowsAsArray: true });
		return (rows as unknown as string[][]).map(([hash]) => hash ?? "");
	};
	let markers = 0;
	const tableNames = async (): Promise<string[]> =>
		(await stack.json<{ tables: { table: string }[] }>(["replication", "tables"])).tables
			.map(({ table }) => table)
			.sort();
	/** Waits until the replicator has read all that was written so far, and runs the jobs. */
	const settle = async (): Promise<void> => {
		markers += 1;
		await sql.query(`INSERT INTO people.marker VALUES (${markers})`);
		await expect
			.poll(
				async () =>
					(await stack.json<{ tables: { table: string; inserts: number }[] }>(["replication", "tables"])).tables.find(
						({ table }) => table === "marker",
					)?.inserts,
				{ timeout: 30_000, interval: 300 },
			)
			.toBe(markers);
		const run = await stack.run(["run-etl"]);
		expect(run.code, run.stdout + run.stderr).toBe(0);
	};

	/** Files of the stack that hold a text, whatever they are. */
	async function holding(text: string): Promise<string[]> {
		const found: string[] = [];
		const look = async (path: string): Promise<void> => {
			for (const entry of await readdir(path, { withFileTypes: true })) {
				const inner = join(path, entry.name);
				if (entry.isDirectory()) await look(inner);
				else if (entry.isFile() && (await readFile(inner)).includes(text)) found.push(inner);
			}
		};
		await look(stack.home);
		return found;
	}

	it("is in no file: not what is dropped or hashed, nor a table that is left out", async () => {
		const started = await start();
		expect(started.code, started.stderr).toBe(0);
		await sql.query(
			`INSERT INTO people.customers VALUES (3, 'later', '${secret("ssn")}-3', '${secret("phone")}-3', 'Rome');
			UPDATE people.customers SET ssn = '${secret("ssn")}-1', phone = '${secret("phone")}' WHERE id = 1`,
		);
		await settle();
		for (const what of ["ssn", "phone", "import"]) expect(await holding(secret(what))).toEqual([]);
		expect((await holding(secret("email"))).length).toBeGreaterThan(0);
		expect(await ask("SELECT * FROM customers ORDER BY id")).toEqual([
			[1, secret("email"), (await hashes("phone", "customers WHERE id = 1"))[0], "Oslo"],
			[2, null, null, "Bergen"],
			[3, "later", (await hashes("phone", "customers WHERE id = 3"))[0], "Rome"],
		]);
		expect(await tableNames()).toEqual(["customers", "logins", "marker", "notes"]);
	});

	it("stays withheld when it is renamed, with its table too, and says so", async () => {
		await sql.query(
			`ALTER TABLE people.customers RENAME COLUMN ssn TO social_number;
			INSERT INTO people.customers VALUES (4, 'x', '${secret("ssn")}-4', NULL, 'Lima');
			CREATE TABLE people.tmp_more (id INT PRIMARY KEY, note VARCHAR(40)); INSERT INTO people.tmp_more VALUES (1, '${secret("import")}');
			CREATE TABLE people.joined (id INT PRIMARY KEY, note VARCHAR(40)); INSERT INTO people.joined VALUES (1, 'seen');`,
		);
		await settle();
		expect(await holding(secret("ssn"))).toEqual([]);
		expect(await holding(secret("import"))).toEqual([]);
		expect(await ask("SELECT note FROM joined")).toEqual([["seen"]]);
		const status = await stack.run(["replication", "status"]);
		expect(status.stdout).toContain(
			"people.customers.social_number (may be a dropped or hashed column under another name: drop)",
		);
		await sql.query(
			`ALTER TABLE people.customers RENAME COLUMN social_number TO former, ADD COLUMN ssn VARCHAR(40), ADD COLUMN last VARCHAR(40) AS (CONCAT('-', former)) STORED,
				ADD COLUMN code VARCHAR(60) DEFAULT (CONCAT('-', former));
			RENAME TABLE people.customers TO people.tmp_away, people.tmp_away TO people.clients;
			INSERT INTO people.clients (id, ssn, former, phone) VALUES (7, '${secret("ssn")}-7', '${secret("ssn")}-8', '${secret("phone")}-7')`,
		);
		await settle();
		expect(await tableNames()).toEqual(["clients", "joined", "logins", "marker", "notes"]);
		for (const what of ["ssn", "phone"]) expect(await holding(secret(what)), what).toEqual([]);
		expect((await ask("SELECT * FROM clients WHERE id = 7"))[0]).toHaveLength(4);
		expect((await stack.run(["replication", "status"])).stdout).toMatch(
			/people\.clients\.former \(may be [^)]*\)\s+people\.clients\.last \(computed from a dropped or hashed column: drop\)\s+people\.clients\.code \(computed/,
		);
		await sql.query(
			"RENAME TABLE people.clients TO people.customers; ALTER TABLE people.customers DROP COLUMN last, DROP COLUMN code, DROP COLUMN former",
		);
	});

	it("is refused for what was loaded otherwise, until one command has removed it everywhere", async () => {
		expect((await holding(secret("note"))).length).toBeGreaterThan(0);
		await define(
			`tables:
  people.customers: { columns: { ssn: drop, phone: hash, email: hash } }
  people.logins: { columns: { email: hash } }
models: models/
`,
			header.replace("[tmp_*]", "[tmp_*, notes]"),
		);
		const refused = await stack.run(["run-etl"]);
		expect(refused.code).toBe(4);
		expect(refused.stderr).toContain("people.customers (email: hash, previously keep)");
		expect(refused.stderr).toContain("people.notes (excluded)");
		expect(refused.stderr).toContain("pipeline-cli replication reload --purge");
		await expect
			.poll(async () => (await stack.run(["replication", "status"])).stdout, { timeout: 20_000 })
			.toContain("people.logins (email: hash");
		const again = await start();
		expect([again.code, again.stderr]).toEqual([4, expect.stringContaining("replication reload --purge")]);

		const purged = await stack.run(["replication", "reload", "--purge"]);
		expect(purged.code, purged.stdout + purged.stderr).toBe(0);
		expect(purged.stdout).toContain("purged: people.notes (excluded)");
		for (const what of ["email", "note", "ssn", "phone"]) expect(await holding(secret(what)), what).toEqual([]);
		expect(await ask("SELECT c.id, c.email IS NULL FROM customers c JOIN logins l ON l.email = c.email")).toEqual([
			[1, false],
		]);
		expect(await ask("SELECT email FROM contacts WHERE id = 1")).toEqual([[(await hashes("email", "logins"))[0]]]);
		const tables = (await stack.json<{ rows: unknown[][] }>(["query", "SHOW TABLES"])).rows.flat();
		expect(tables).not.toContain("notes");
		await sql.query(
			`UPDATE people.logins SET email = '${secret("email")}-2'; INSERT INTO people.customers (id, email) VALUES (5, '${secret("email")}-2')`,
		);
		await settle();
		expect(await ask("SELECT c.id FROM customers c JOIN logins l ON l.email = c.email")).toEqual([[5]]);
		expect(await holding(secret("email"))).toEqual([]);
	});

	it("includes a table that the patterns fit now, and withholds a column that a list does not name", async () => {
		await define(
			`tables:
  people.customers: { columns: { ssn: drop, phone: hash, email: hash } }
  people.logins: { columns: { email: hash } }
  people.notes: { columns: { include: [id] } }
`,
		);
		await expect.poll(async () => tableNames(), { timeout: 30_000 }).toContain("notes");
		await sql.query(
			`ALTER TABLE people.notes ADD COLUMN author VARCHAR(40); INSERT INTO people.notes VALUES (2, 'x', '${secret("author")}')`,
		);
		await sql.query("INSERT INTO people.customers (id) VALUES (6)");
		await settle();
		expect(await ask("SELECT * FROM notes ORDER BY 1")).toEqual([[1], [2]]);
		expect(await holding(secret("author"))).toEqual([]);
		expect((await stack.run(["replication", "status"])).stdout).toContain("people.notes.author (added later: drop)");
	});

	it("names what the source does not have, and not what it had: a column that was dropped", async () => {
		await sql.query("ALTER TABLE people.customers DROP COLUMN phone");
		await settle();
		const reloaded = await stack.run(["replication", "start", "--reload"]);
		expect(reloaded.code, reloaded.stderr).toBe(0);
		await stack.run(["replication", "stop"]);
		await define(
			`tables:
  people.customers: { columns: { ssn: drop, phone: hash, email: hash } }
  people.custmers: { columns: { email: hash } }
  people.logins: { columns: { email: hash, mail: drop } }
  people.notes: { columns: { include: [id] } }
`,
			header.replace("exclude:", 'include: ["*", "ordr*"], exclude:'),
		);
		const refused = await start();
		expect(refused.code).toBe(2);
		expect(refused.stderr).toContain("The definition names tables or columns that the source does not have");
		for (const wrong of ["ordr* matches no table", "people.custmers: there is no such table", "mail does not exist"]) {
			expect(refused.stderr).toContain(wrong);
		}
		expect(refused.stderr).not.toContain("phone");
	});
});
