import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { openDuckDb } from "../../cli/engines/duckdb/open.ts";
import { quoteName, quoteText } from "../../cli/engines/duckdb/quote.ts";
import { readIcebergTable } from "../../cli/engines/local/catalog/icebergTable.ts";
import { LocalComparison } from "../../cli/engines/local/reconcile/localComparison.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { TableComparison } from "../../cli/engines/port.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { testContext } from "../support/context.ts";
import { createTypeTable, insertTypeRows } from "../support/typeTable.ts";

const secret = { PIPELINE_SOURCE_PASSWORD: "secret" };

/** A server of the user's own, with an account that may read and replicate; each test continues where the last one ended. */
describe("reconcile", () => {
	let stack: CliStack;
	let admin: Connection;

	it.beforeAll(async ({ fileStack, fileFolder, server, db }) => {
		stack = fileStack;
		admin = db;
		const folder = join(fileFolder, "definition");
		await mkdir(folder);
		await writeFile(join(folder, "pipeline.yaml"), definition);
		await admin.query("CREATE DATABASE own");
		for (const statement of tables) await admin.query(statement);
		const other = await server.connect();
		await other.query(insertTypeRows("own.types", 1));
		await other.query(insertTypeRows("own.bag", 1));
		await admin.query("CREATE USER 'repl'@'%' IDENTIFIED BY 'secret'");
		await admin.query("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'repl'@'%'");
		await admin.query("GRANT SELECT ON own.* TO 'repl'@'%'");
		const url = `mysql://repl:secret@127.0.0.1:${server.port}/?ssl-mode=DISABLED`;
		await stack.json(["source", "up", "--pipeline", folder], { PIPELINE_SOURCE_URL: url });
		// Batches close late: what is compared is asked for.
		await stack.json(["replication", "start", "--batch-interval", "600"], secret);
		await other.query(insertTypeRows("own.types", 1001));
		await other.query(insertTypeRows("own.bag", 1001));
		await other.query(
			"UPDATE own.types SET c_varchar = CONCAT(c_varchar, '!') WHERE id > 1001; DELETE FROM own.bag WHERE id = 1002",
		);
	});

	const reconcile = (...args: string[]): Promise<ReconcileReport> => stack.json(["reconcile", ...args], secret);
	const differing = async (...args: string[]): Promise<ReconcileReport> => {
		const { code, stdout, stderr } = await stack.run(["reconcile", "--json", ...args], secret);
		expect([code, stderr]).toEqual([10, expect.anything()]);
		return JSON.parse(stdout) as ReconcileReport;
	};

	it("finds every type equal, as loaded and as changed, with and without a key, and says what is left out", async () => {
		const report = await reconcile();
		expect(report.tables.map(({ table, state, why }) => [table, state, why])).toEqual(
			["bag", "items", "keys", "types"].map((table) => [table, "equal", undefined]),
		);
		expect(report.tables.find(({ table }) => table === "items")).toMatchObject({
			rows: { source: 3, lake: 3 },
			withheld: ["secret"],
			key: ["id"],
		});
		expect(report.ok).toBe(true);
	});

	it("is not disturbed by writes that go on", async () => {
		let n = 0;
		let isDone = false;
		const writing = (async () => {
			for (; !isDone; n += 1) {
				await admin.query("UPDATE own.items SET price = price + 0.01 WHERE id = 1");
				await admin.query("INSERT INTO own.keys VALUES (?, ?, 'n')", [`k${n}`, n]);
				await admin.query("DELETE FROM own.keys WHERE a = ?", [`k${n - 3}`]);
			}
		})();
		try {
			const report = await reconcile();
			expect(report.tables.filter(({ state }) => state !== "equal")).toEqual([]);
		} finally {
			isDone = true;
			await writing;
		}
		expect(n).toBeGreaterThan(0);
	});

	it("finds what the binlog never had, names row and values, and repairs it", async () => {
		await admin.query("SET SESSION sql_log_bin = 0");
		await admin.query("UPDATE own.items SET name = 'unseen' WHERE id = 2");
		await admin.query("DELETE FROM own.items WHERE id = 3");
		await admin.query("INSERT INTO own.items (id, name, price) VALUES (4, 'also unseen', 1)");
		await admin.query("SET SESSION sql_log_bin = 1");
		const page = join(stack.home, "report.html");
		const found = (await differing("own.items", "--repair", "--html", page)).tables[0];
		expect(await readFile(page, "utf8")).toContain("name: unseen at the source, b in the lake");
		expect(found).toMatchObject({
			state: "different",
			counts: { missing: 1, extra: 1, changed: 1, doubled: 0 },
		});
		expect(found?.examples).toEqual(
			expect.arrayContaining([
				{ kind: "changed", key: { id: "2" }, columns: { name: { source: "unseen", lake: "b" } } },
				{ kind: "extra", key: { id: "3" } },
				{ kind: "missing", key: { id: "4" } },
			]),
		);
		const repaired = await reconcile("items", "--repair", "--yes", "--html", page);
		expect(repaired).toMatchObject({ ok: true, repaired: ["own.items"] });
		expect(await readFile(page, "utf8")).toContain("The lake equals the source");
	});

	it("refuses a table that is not there, and names one that is like it", async () => {
		const { code, stderr } = await stack.run(["reconcile", "own.item"], secret);
		expect(code).toBe(2);
		expect(stderr).toContain("There is no table own.item. Did you mean own.items?");
	});

	describe("finds what was done to a current table:", () => {
		it.for<
			[what: string, table: string, columns: Record<string, string>, rest: string, found: Partial<TableComparison>]
		>([
			["a row deleted", "items", {}, "WHERE id <> 2", { counts: of({ missing: 1 }) }],
			["a row doubled", "items", {}, "UNION ALL FROM old WHERE id = 2", { counts: of({ doubled: 1 }) }],
			["a row that is not there", "items", { id: "id + 100" }, "", { counts: of({ missing: 3, extra: 3 }) }],
			["a value changed", "items", { price: "price + 0.01" }, "", { counts: of({ changed: 3 }) }],
			["NULL for ''", "items", { note: "nullif(note, '')" }, "", { counts: of({ changed: 1 }) }],
			["a text cut", "items", { name: "left(name, 3)" }, "", { counts: of({ changed: 2 }) }],
			["times in another zone", "items", { at: '"at" + INTERVAL 2 HOUR' }, "", { counts: of({ changed: 3 }) }],
			["columns swapped", "items", { name: "note", note: "name" }, "", { counts: of({ changed: 3 }) }],
			[
				"a key that is NULL",
				"items",
				{ id: "CASE WHEN id = 2 THEN NULL ELSE id END" },
				"",
				{ counts: of({ missing: 1, extra: 1 }) },
			],
			[
				"a double's last bit",
				"types",
				{ c_double: "CASE WHEN c_double = 0.1 THEN 0.10000000000000002 ELSE c_double END" },
				"",
				{},
			],
			["bytes", "types", { c_blob: "CASE WHEN c_blob = ''::BLOB THEN '\\x00'::BLOB ELSE c_blob END" }, "", {}],
			["a row of a bag doubled", "bag", {}, "UNION ALL FROM old WHERE id = 1", { counts: of({ extra: 1 }) }],
			["a row of a bag deleted", "bag", {}, "WHERE id <> 1", { counts: of({ missing: 1 }) }],
		])("%s", async ([, table, columns, rest, found]) => {
			const paths = localPaths(stack.home);
			const before = await tamper(join(paths.processed, "current", "own", table), columns, rest);
			try {
				const compare = new LocalComparison(paths);
				const [chosen] = (await compare.tables()).filter((one) => one.table === table);
				if (chosen === undefined) throw new Error("the table is not compared");
				const { comparison, suspects } = await compare.compare(chosen, {}, testContext());
				expect(comparison).toMatchObject(found);
				expect(Object.values(comparison.counts).some((count) => count > 0)).toBe(true);
				const again = await suspects?.again(testContext());
				expect(again?.comparison.counts).toEqual(comparison.counts);
			} finally {
				await before();
			}
		});
	});
});

const definition = `name: own
source: { schemas: [own] }
tables:
  own.items: { columns: { secret: drop } }
`;

const tables = [
	`CREATE TABLE own.items (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(8,2), at TIMESTAMP NOT NULL DEFAULT '2026-01-02 03:04:05',
		note TEXT, secret TEXT)`,
	"INSERT INTO own.items (id, name, price, note) VALUES (1, 'äé', 1.50, ''), (2, 'b', 2.00, 'x'), (3, 'cccc', 3.00, NULL)",
	"CREATE TABLE own.keys (a VARCHAR(20), b INT, c CHAR(5), PRIMARY KEY (a, b)) COLLATE utf8mb4_general_ci",
	"INSERT INTO own.keys VALUES ('A', 1, 'x'), ('ä', 2, 'y'), ('it''s \\\\', 3, 'z'), ('', 0, '')",
	createTypeTable("own.types", true),
	createTypeTable("own.bag", false),
];

function of(counts: Partial<TableComparison["counts"]>): TableComparison["counts"] {
	return { missing: 0, extra: 0, changed: 0, doubled: 0, ...counts };
}

/** Writes all rows of a current table again, into the first of its data files. @returns what puts the old ones back. */
async function tamper(folder: string, columns: Record<string, string>, rest: string): Promise<() => Promise<void>> {
	const table = await readIcebergTable(folder);
	const { connection, close } = await openDuckDb();
	try {
		const list = table.columns.map(({ name }) => `${columns[name] ?? quoteName(name)} AS ${quoteName(name)}`);
		const ids = table.columns.map(({ id, name }) => `${quoteName(name)}: ${id}`);
		await connection.run(`CREATE TABLE old AS FROM read_parquet([${table.files.map(quoteText).join(", ")}])`);
		await connection.run(`CREATE TABLE new AS SELECT ${list.join(", ")} FROM old ${rest}`);
		for (const [at, file] of table.files.entries()) {
			await rename(file, `${file}.old`);
			const rows = at === 0 ? "new" : "(FROM new LIMIT 0)";
			await connection.run(`COPY (FROM ${rows}) TO ${quoteText(file)} (FORMAT parquet, FIELD_IDS {${ids.join(", ")}})`);
		}
	} finally {
		close();
	}
	return async () => {
		for (const file of table.files) await rename(`${file}.old`, file);
	};
}
