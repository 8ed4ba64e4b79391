import { symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { textLines } from "../../cli/common/textLines.ts";
import { filesBelow } from "../../cli/engines/local/catalog/lakeFolders.ts";
import { LocalCrawlers } from "../../cli/engines/local/catalog/localCrawlers.ts";
import { LocalJobs } from "../../cli/engines/local/jobs/localJobs.ts";
import { LocalQuery } from "../../cli/engines/local/query/localQuery.ts";
import { test } from "../support/replicationFixtures.ts";
import { type TestStack, until } from "../support/replicator.ts";
import { jobs } from "../support/sampleShop.ts";

const tables = ["items", "bag", "pairs"];
let db: Connection;
let files: TestStack;
let stream: TestStack;
let markers = 0;

test.beforeAll(async ({ db: connection, fileStackOf }) => {
	db = connection;
	await db.query(`CREATE DATABASE shop CHARACTER SET utf8mb4;
		CREATE TABLE shop.items (id INT PRIMARY KEY, name VARCHAR(200), price DECIMAL(30,10), at DATETIME(6), data BLOB,
			flag BIT(1), big BIGINT UNSIGNED, ratio FLOAT, exact DOUBLE, day DATE, js JSON, kind ENUM('a','b'), t TIME,
			share DECIMAL(3,3));
		CREATE TABLE shop.bag (a INT, b VARCHAR(20));
		CREATE TABLE shop.pairs (x INT, y VARCHAR(10), n TINYINT UNSIGNED, PRIMARY KEY (x, y));
		CREATE TABLE shop.marker (id INT PRIMARY KEY)`);
	for (let id = 1; id <= 50; id += 1) await insertItem(id);
	await db.query("INSERT INTO shop.bag VALUES (1,'x'),(1,'x'),(2,NULL)");
	files = await fileStackOf("shop");
	stream = await fileStackOf("shop");
	for (const { paths } of [files, stream]) await symlink(join(projectRoot, ".pipeline", "python"), paths.python);
});

const random = (most: number): number => Math.floor(Math.random() * most);

async function insertItem(id: number): Promise<void> {
	await db.query(
		"REPLACE INTO shop.items (id, name, price, at, data, flag, big, ratio, exact, day, js, kind, t, share) VALUES (?)",
		[
			[
				id,
				['quote " and \\', "two\nlines", "ünïcödé 🎉", "a\u2028b\u0085c\u000bd", "", null][random(6)],
				`${random(1_000_000_000)}9999999999.${String(random(1_000_000_000)).padStart(10, "0")}`,
				`20${10 + random(20)}-03-0${1 + random(9)} 04:05:06.${String(random(1_000_000)).padStart(6, "0")}`,
				[Buffer.from([0, 255, random(256)]), Buffer.alloc(0), null][random(3)],
				random(2),
				["18446744073709551615", "9007199254740993", null][random(3)],
				Math.fround(Math.random()),
				Math.random() * 1e20,
				["2024-02-29", "1000-01-01", null][random(3)],
				JSON.stringify({ n: random(10), text: 'a"b' }),
				["a", "b", null][random(3)],
				"-12:34:56",
				["0.125", "-0.5", "0", null][random(4)],
			],
		],
	);
}

/** One random statement, also of those that change a table's columns, or empty it. */
async function step(): Promise<void> {
	const id = 1 + random(60);
	const steps: [number, () => Promise<unknown>][] = [
		[30, () => insertItem(id)],
		[
			15,
			() => db.query("UPDATE shop.items SET name = ?, price = price * 2 WHERE id = ?", [`name ${random(1000)}`, id]),
		],
		[10, () => db.query("UPDATE IGNORE shop.items SET id = ? WHERE id = ?", [1 + random(60), id])],
		[10, () => db.query("DELETE FROM shop.items WHERE id = ?", [id])],
		[15, () => db.query("INSERT INTO shop.bag VALUES (?, ?)", [random(3), ["x", "y", null][random(3)]])],
		[6, () => db.query("UPDATE shop.bag SET b = 'z' WHERE a = ? LIMIT 2", [random(3)])],
		[6, () => db.query("DELETE FROM shop.bag WHERE a = ? LIMIT 1", [random(3)])],
		[15, () => db.query("REPLACE INTO shop.pairs VALUES (?, ?, ?)", [random(5), `k${random(3)}`, 200 + random(50)])],
		[8, () => db.query("DELETE FROM shop.pairs WHERE x = ?", [random(5)])],
		[1, () => db.query("TRUNCATE shop.pairs")],
		[1, () => db.query(`ALTER TABLE shop.items ADD COLUMN extra${Date.now()}${random(1000)} INT DEFAULT 7`)],
	];
	let at = random(steps.reduce((sum, [weight]) => sum + weight, 0));
	for (const [weight, run] of steps) {
		at -= weight;
		if (at < 0) return void (await run());
	}
}

/** Waits until both replicators have read all that happened up to now. */
async function caughtUp(): Promise<void> {
	markers += 1;
	await db.query("INSERT INTO shop.marker VALUES (?)", [markers]);
	for (const stack of [files, stream]) {
		await until(async () => {
			const seen = await stack.statistics("shop.marker");
			return seen !== undefined && seen.fullLoadRows + seen.inserts >= markers;
		});
	}
}

async function runJobs({ paths, context }: TestStack): Promise<void> {
	const session = await new LocalJobs(paths).open(context);
	try {
		for (const job of jobs.filter(({ name }) => ["process-load", "process-cdc", "apply-changes"].includes(name))) {
			const run = await session.run(job, context);
			expect(run.state, `${job.name}: ${run.logTail?.join("\n")} ${JSON.stringify(run.report?.set_aside)}`).toBe(
				"succeeded",
			);
		}
	} finally {
		await session.close();
	}
	await new LocalCrawlers(paths).crawl(context);
}

/** Columns with their types, and the rows as text, in an order of their own. */
async function current({ paths, context }: TestStack, table: string): Promise<{ columns: unknown; rows: string[] }> {
	const result = await new LocalQuery(paths).run(`SELECT * FROM ${table}`, context);
	return { columns: result.columns, rows: result.rows.map((row) => JSON.stringify(row)).sort() };
}

async function compare(): Promise<void> {
	await caughtUp();
	await files.replication.stop(files.context);
	await stream.replication.stop(stream.context);
	await runJobs(files);
	await runJobs(stream);
	for (const table of tables) {
		const [one, other] = [await current(files, table), await current(stream, table)];
		expect(other, table).toEqual(one);
		const [rows] = await db.query(`SELECT COUNT(*) AS n FROM shop.${table}`);
		expect(one.rows.length, table).toBe(Number((rows as { n: unknown }[])[0]?.n));
	}
}

test("one random workload, as files and through the stream, gives equal current tables, also after kill -9", async () => {
	await files.replication.start(files.context, { batchInterval: 1 });
	await stream.replication.start(stream.context, { batchInterval: 1, target: "stream" });
	for (let round = 0; round < 2; round += 1) {
		for (let count = 0; count < 120; count += 1) {
			await step();
			if (count % 40 === 20) {
				const worker = await stream.workerPid();
				if (worker !== undefined) process.kill(worker, "SIGKILL");
			}
		}
		await compare();
		await files.replication.start(files.context, { batchInterval: 1 });
		await stream.replication.start(stream.context, { batchInterval: 1 });
	}
});

test("the raw zone has messages of DMS, and no other file", async () => {
	// An ALTER late in the random workload reloads the table: what follows is there in any case.
	await insertItem(1000);
	await db.query("UPDATE shop.items SET name = 'changed' WHERE id = 1000");
	await db.query("DELETE FROM shop.items WHERE id = 1000");
	await caughtUp();
	const found = await filesBelow(join(stream.paths.raw, "shop", "items"), [""]);
	expect(found.length).toBeGreaterThan(0);
	for (const path of found) {
		expect(path).toMatch(
			/\/shop\/items\/\d{4}\/\d\d\/\d\d\/\d\d\/kdf-mysql-data-1-\d{4}(-\d\d){5}-[0-9a-f-]{36}\.json\.gz$/,
		);
	}
	const operations = new Set<string>();
	for (const path of found) {
		for await (const line of textLines(path, true)) {
			const { metadata, data, control } = JSON.parse(line);
			operations.add(metadata.operation);
			expect(metadata).toMatchObject({ "schema-name": "shop", "table-name": "items" });
			expect(metadata["record-type"]).toBe(data === undefined ? "control" : "data");
			if (control !== undefined) expect(control["table-def"]["primary-key"]).toEqual(["id"]);
		}
	}
	expect([...operations]).toEqual(expect.arrayContaining(["create-table", "load", "insert", "update", "delete"]));
});

test("another target reloads all tables, and a running replication keeps its own", async () => {
	await expect(stream.replication.start(stream.context, { target: "files" })).rejects.toMatchObject({
		outcome: "usage",
		text: { what: "Replication is running with the target stream." },
	});
	await stream.replication.stop(stream.context);
	expect(await stream.replication.start(stream.context, { target: "files", batchInterval: 1 })).toBe("started");
	await step();
	await compare();
	expect(await stream.files("shop", "items")).toEqual(expect.arrayContaining(["LOAD00000001.parquet"]));
});
