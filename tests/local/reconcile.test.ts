import { cp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import { foundText, type ReconcileReport, reconciled } from "../../cli/actions/reconcile/report.ts";
import { LocalComparison } from "../../cli/engines/local/reconcile/localComparison.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { TableComparison } from "../../cli/engines/port.ts";
import { rounds } from "../support/cases.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { testContext } from "../support/context.ts";
import { editMetadata, replicatedOwn, rewriteTable, secret, type TableMetadata } from "../support/reconciled.ts";
import { sequence } from "../support/servers/source.ts";

/** What looks alike, or is alike to the server: columns of `odd`, and how many rows differ. */
const odd: [what: string, columns: Record<string, string>, changed: number][] = [
	["one character of two million", { txt: "CASE WHEN id = 1 THEN left(txt, 1999999) || 'e' ELSE txt END" }, 1],
	["a blank at the end", { tail: "rtrim(tail)" }, 1],
	["a text that the collation takes for equal", { ci: "CASE WHEN id = 1 THEN 'STRASSE' ELSE ci END" }, 1],
	["'NULL' for NULL", { n: "coalesce(n, 'NULL')" }, 2],
	["NULL for 'NULL'", { n: "nullif(n, 'NULL')" }, 1],
	["-0.0 for 0.0", { d: "CASE WHEN id = 1 THEN '-0.0'::DOUBLE ELSE d END" }, 1],
	["a number that is none", { d: "CASE WHEN id = 1 THEN 'nan'::DOUBLE ELSE d END" }, 1],
	["the last of a decimal's places", { amount: "CAST(round(amount, 3) AS DECIMAL(10,4))" }, 1],
	["a date beyond the server's", { day: "CASE WHEN id = 2 THEN DATE '10000-01-01' ELSE day END" }, 1],
	["a date for a zero date", { day: "coalesce(day, DATE '0001-01-01')" }, 1],
	["a microsecond", { at: 'CASE WHEN id = 1 THEN "at" - INTERVAL 1 MICROSECOND ELSE "at" END' }, 1],
	["another case", { ci: "upper(ci)" }, 2],
	[
		"another normal form of Unicode",
		{ txt: "CASE WHEN id = 1 THEN replace(txt, 'é', 'e' || chr(769)) ELSE txt END" },
		1,
	],
	["a value that the server computes", { twice: "CASE WHEN id = 1 THEN 3 ELSE twice END" }, 1],
	["one that it computes when it is read", { thrice: "NULL::INTEGER" }, 3],
];

/** A server of the user's own, with an account that may read and replicate; each test continues where the last one ended. */
describe("reconcile", () => {
	let stack: CliStack;
	let admin: Connection;

	it.beforeAll(async ({ fileStack, fileFolder, server, db }) => {
		({ stack, admin } = await replicatedOwn({ fileStack, fileFolder, server, db }));
	});

	const reconcile = (...args: string[]): Promise<ReconcileReport> => stack.json(["reconcile", ...args], secret);
	const differing = async (...args: string[]): Promise<ReconcileReport> => {
		const { code, stdout, stderr } = await stack.run(["reconcile", "--json", ...args], secret);
		expect([code, stderr]).toEqual([10, expect.anything()]);
		return JSON.parse(stdout) as ReconcileReport;
	};

	it("finds every type equal, as loaded and as changed, with and without a key, and says what is left out; all parts of the lake agree", async () => {
		const report = await reconcile("--deep");
		expect(report.lake?.filter(({ state }) => state !== "equal")).toEqual([]);
		const parts = report.lake?.map(({ part, name }) => `${part} ${name}`);
		expect(parts).toEqual(
			expect.arrayContaining(["derived table prices", "current table own.bag", "raw files own.keys"]),
		);
		expect(report.tables.map(({ table, state, why }) => [table, state, why])).toEqual(
			["bag", "ci", "items", "keys", "odd", "types"].map((table) => [table, "equal", undefined]),
		);
		expect(report.tables.find(({ table }) => table === "items")).toMatchObject({
			rows: { source: 3, lake: 3 },
			withheld: ["secret"],
			key: ["id"],
		});
		expect(report.ok).toBe(true);
	});

	it("is not disturbed by writes that go on, however often", { timeout: 3_600_000 }, async () => {
		let n = 0;
		let isDone = false;
		const writing = (async () => {
			for (; !isDone; n += 1) {
				await admin.query("UPDATE own.items SET price = price + 0.01 WHERE id = 1");
				await admin.query("INSERT INTO own.keys VALUES (?, ?, 'n')", [`k${n}`, n]);
				await admin.query("DELETE FROM own.keys WHERE a = ?", [`k${n - 3}`]);
				// On a busy machine the replication would fall behind for good.
				await sleep(10);
			}
		})();
		try {
			for (let runs = 0; runs < rounds(100, 5); runs += 1) {
				const report = await reconcile();
				expect([runs, report.tables.filter(({ state }) => state !== "equal")]).toEqual([runs, []]);
			}
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

	it("--sample reads of both sides about one row of so many, and finds what differs there", async () => {
		const compare = new LocalComparison(localPaths(stack.home));
		await admin.query("CREATE TABLE own.many (id INT PRIMARY KEY, v INT)");
		await admin.query(`INSERT INTO own.many SELECT seq, seq FROM ${sequence(20_000)}`);
		await reconcile("own.many");
		const many = (await compare.tables()).find(({ table }) => table === "many");
		if (many === undefined) throw new Error("the table is not compared");
		/** Rows that the server's storage was asked for since it started. */
		const asked = async (): Promise<number> => {
			const [rows] = await admin.query(
				"SHOW GLOBAL STATUS WHERE Variable_name IN ('Handler_read_next', 'Handler_read_rnd_next')",
			);
			return (rows as { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0);
		};
		const before = await asked();
		const { comparison } = await compare.compare(many, { sample: 20 }, testContext());
		const read = (await asked()) - before;
		// 1,000 ranges of 21 numbers, of which the last ones may be empty.
		expect(comparison.rows.source).toBeGreaterThan(700);
		expect(comparison.rows).toEqual({ source: comparison.rows.source, lake: comparison.rows.source });
		expect(comparison.rows.source).toBeLessThanOrEqual(50 * 21);
		// With what the server reads of its own tables about this one.
		expect(read).toBeLessThan(comparison.rows.source + 3000);
		const restore = await rewriteTable(
			join(localPaths(stack.home).processed, "current", "own", "many"),
			{ v: "v + 1" },
			"",
		);
		try {
			const found = (await compare.compare(many, { sample: 20 }, testContext())).comparison;
			expect(found.counts).toEqual(of({ changed: found.rows.source }));
		} finally {
			await restore();
		}
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
			["a decimal lost", "items", { price: "CAST(price / 10 AS DECIMAL(8,2))" }, "", { counts: of({ changed: 3 }) }],
			[
				"keys of two rows swapped",
				"items",
				{ id: "CASE id WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE id END" },
				"",
				{ counts: of({ changed: 2 }) },
			],
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
			[
				"bytes behind a zero byte",
				"types",
				{
					c_varbinary:
						"CASE WHEN c_varbinary = '\\x00\\xFF\\x00'::BLOB THEN '\\x00\\xFE\\x00'::BLOB ELSE c_varbinary END",
				},
				"",
				{},
			],
			["JSON's null for NULL", "types", { c_json: "coalesce(c_json, 'null')" }, "", {}],
			["{} for []", "types", { c_json: "CASE WHEN c_json = '[]' THEN '{}' ELSE c_json END" }, "", {}],
			[
				"a row of nothing but NULLs",
				"items",
				{},
				"UNION ALL SELECT NULL, NULL, NULL, NULL, NULL",
				{ counts: of({ extra: 1 }) },
			],
			["bytes", "types", { c_blob: "CASE WHEN c_blob = ''::BLOB THEN '\\x00'::BLOB ELSE c_blob END" }, "", {}],
			...odd.map(
				([what, columns, changed]): [string, string, Record<string, string>, string, Partial<TableComparison>] => [
					what,
					"odd",
					columns,
					"",
					{ counts: of({ changed }) },
				],
			),
			["another case of a key", "ci", { k: "lower(k)" }, "", { counts: of({ missing: 1, extra: 1 }) }],
			["a key without its blank", "ci", { k: "rtrim(k)" }, "", { counts: of({ missing: 1, extra: 1 }) }],
			["a row of a bag doubled", "bag", {}, "UNION ALL FROM old WHERE id = 1", { counts: of({ extra: 1 }) }],
			["a row of a bag deleted", "bag", {}, "WHERE id <> 1", { counts: of({ missing: 1 }) }],
		])("%s", async ([, table, columns, rest, found]) => {
			const paths = localPaths(stack.home);
			const before = await rewriteTable(join(paths.processed, "current", "own", table), columns, rest);
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

	it("finds what was done to the metadata of a table: its schema, and the snapshot that it shows", async () => {
		const paths = localPaths(stack.home);
		const folder = join(paths.processed, "current", "own", "items");
		const compare = new LocalComparison(paths);
		const items = (await compare.tables()).find(({ table }) => table === "items");
		if (items === undefined) throw new Error("the table is not compared");
		const edited = async (edit: (metadata: TableMetadata) => void): Promise<TableComparison> => {
			const restore = await editMetadata(folder, edit);
			try {
				return (await compare.compare(items, {}, testContext())).comparison;
			} finally {
				await restore();
			}
		};
		const fieldsOf = ({ schemas, "current-schema-id": id }: TableMetadata) =>
			schemas.find((one) => one["schema-id"] === id)?.fields ?? [];
		const less = await edited((metadata) => {
			const fields = fieldsOf(metadata);
			fields.splice(
				fields.findIndex(({ name }) => name === "note"),
				1,
			);
		});
		expect(less.columns).toEqual([{ column: "note", what: "missing in the lake" }]);
		const more = await edited(
			(metadata) => void fieldsOf(metadata).push({ id: 99, name: "more", required: false, type: "int" }),
		);
		expect(more.columns).toEqual([{ column: "more", what: "not at the source" }]);
		const scaled = await edited((metadata) => {
			for (const field of fieldsOf(metadata)) if (field.name === "price") field.type = "decimal(8, 3)";
		});
		expect(scaled.columns).toEqual([{ column: "price", what: expect.stringContaining("decimal") }]);
		const emptied = await edited((metadata) => {
			metadata["current-snapshot-id"] = null;
		});
		expect(emptied.counts).toEqual(of({ missing: emptied.rows.source }));
	});

	it("shows of long texts where they begin to differ", async () => {
		const paths = localPaths(stack.home);
		const columns = { txt: "CASE WHEN id = 1 THEN left(txt, 1999999) || 'e' ELSE txt END" };
		const before = await rewriteTable(join(paths.processed, "current", "own", "odd"), columns, "");
		try {
			const compare = new LocalComparison(paths);
			const chosen = (await compare.tables()).find(({ table }) => table === "odd");
			if (chosen === undefined) throw new Error("the table is not compared");
			const { comparison } = await compare.compare(chosen, {}, testContext());
			expect(comparison.examples).toMatchObject([
				{ key: { id: "1" }, columns: { txt: { source: `…${"é".repeat(21)}`, lake: `…${"é".repeat(20)}e` } } },
			]);
		} finally {
			await before();
		}
	});

	it("names tables that were swapped, that the source has not, and columns that have other names", async () => {
		const current = join(localPaths(stack.home).processed, "current");
		const [ci, keys] = [join(current, "own", "ci"), join(current, "own", "keys")];
		const swap = async (): Promise<void> => {
			await rename(ci, `${ci}.away`);
			await rename(keys, ci);
			await rename(`${ci}.away`, keys);
		};
		const compare = new LocalComparison(localPaths(stack.home));
		const found = async (schema: string, table: string): Promise<TableComparison> => {
			const one = (await compare.tables()).find((each) => each.schema === schema && each.table === table);
			if (one === undefined) throw new Error(`${table} is not compared`);
			return (await compare.compare(one, {}, testContext())).comparison;
		};
		await swap();
		try {
			expect((await found("own", "ci")).columns.map(({ column }) => column)).toEqual(
				expect.arrayContaining(["k", "v", "a", "b", "c"]),
			);
			expect((await found("own", "keys")).columns).toHaveLength(5);
		} finally {
			await swap();
		}
		await cp(ci, join(current, "own", "ghost"), { recursive: true });
		await cp(ci, join(current, "gone", "ci"), { recursive: true });
		try {
			expect((await found("own", "ghost")).counts).toEqual(of({ extra: 2 }));
			expect((await found("gone", "ci")).counts).toEqual(of({ extra: 2 }));
			await rm(join(current, "gone"), { recursive: true });
			expect((await differing("ghost")).tables).toMatchObject([{ state: "different", counts: { extra: 2 } }]);
		} finally {
			for (const one of ["own/ghost", "gone"]) await rm(join(current, one), { recursive: true, force: true });
		}
	});

	it("looks again at columns and tables that the source got meanwhile", async () => {
		const compare = new LocalComparison(localPaths(stack.home));
		await admin.query("ALTER TABLE own.ci ADD COLUMN later INT DEFAULT 7");
		await admin.query("CREATE TABLE own.later (id INT PRIMARY KEY)");
		await admin.query("INSERT INTO own.later VALUES (1)");
		const some = (await compare.tables()).filter(({ table }) => ["ci", "later"].includes(table));
		const found = await Promise.all(some.map((table) => compare.compare(table, {}, testContext())));
		expect(found.map(({ comparison }) => comparison.columns)).toEqual([
			[{ column: "later", what: "missing in the lake" }],
			[{ column: "*", what: "the table is missing in the lake" }],
		]);
		const unchanged = await Promise.all(found.map(({ suspects }) => suspects?.again(testContext())));
		expect(unchanged.map((one) => one?.comparison.columns.length)).toEqual([1, 1]);
		await reconcile("own.ci");
		const after = await Promise.all(found.map(({ suspects }) => suspects?.again(testContext())));
		expect(after.map((one) => [one?.comparison.columns, one?.comparison.counts])).toEqual([
			[[], of({})],
			[[], of({})],
		]);
	});

	it("does not judge a table that is altered at each look: that is not compared, and no difference", async () => {
		const compare = new LocalComparison(localPaths(stack.home));
		const ci = (await compare.tables()).find(({ table }) => table === "ci");
		if (ci === undefined) throw new Error("the table is not compared");
		const alter = (): Promise<unknown> =>
			admin.query("ALTER TABLE own.ci ADD COLUMN (?? INT)", [`more_${looks.length}`]);
		const looks: string[] = [];
		await alter();
		let found = await compare.compare(ci, {}, testContext());
		for (let more = 0; more < 3; more += 1) {
			looks.push(reconciled(found.comparison).state);
			await alter();
			found = (await found.suspects?.again(testContext())) ?? found;
		}
		const result = reconciled(found.comparison);
		expect([...looks, result.state]).toEqual(["different", "not compared", "not compared", "not compared"]);
		expect(foundText(result)).toContain("altered during each comparison: compare it again when nobody alters it");
		// Once it stays as it is, what still differs counts.
		found = (await found.suspects?.again(testContext())) ?? found;
		expect(reconciled(found.comparison)).toMatchObject({
			state: "different",
			columns: expect.arrayContaining([expect.anything()]),
		});
	});

	it("finds a table that is stale: the newest snapshot of it is gone", async () => {
		const paths = localPaths(stack.home);
		const metadata = join(paths.processed, "current", "own", "keys", "metadata");
		const versions = async () => (await readdir(metadata)).filter((name) => name.endsWith(".metadata.json"));
		const before = await versions();
		await admin.query("UPDATE own.keys SET c = 'newer' WHERE a = 'A'");
		await reconcile("own.keys");
		const newer = (await versions()).filter((name) => !before.includes(name)).map((name) => join(metadata, name));
		expect(newer).not.toEqual([]);
		for (const file of newer) await rename(file, `${file}.away`);
		try {
			const compare = new LocalComparison(paths);
			const chosen = (await compare.tables()).find(({ table }) => table === "keys");
			if (chosen === undefined) throw new Error("the table is not compared");
			const { comparison } = await compare.compare(chosen, {}, testContext());
			expect(comparison.examples).toContainEqual(
				expect.objectContaining({
					...{ kind: "changed", key: { a: "A", b: "1" } },
					columns: expect.objectContaining({ c: expect.objectContaining({ source: "newer" }) }),
				}),
			);
		} finally {
			for (const file of newer) await rename(`${file}.away`, file);
		}
	});
});

function of(counts: Partial<TableComparison["counts"]>): TableComparison["counts"] {
	return { missing: 0, extra: 0, changed: 0, doubled: 0, ...counts };
}
