import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { poll } from "../../cli/common/poll.ts";
import { icebergFiles } from "../../cli/engines/local/catalog/icebergTable.ts";
import { LocalComparison } from "../../cli/engines/local/reconcile/localComparison.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { LakeFinding, TableComparison } from "../../cli/engines/port.ts";
import { rounds } from "../support/cases.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { testContext } from "../support/context.ts";
import { definition, model, rewriteFiles, rewriteTable, tables } from "../support/reconciled.ts";
import { insertTypeRows } from "../support/typeTable.ts";

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
		await mkdir(join(folder, "models"));
		await writeFile(join(folder, "pipeline.yaml"), definition);
		await writeFile(join(folder, "models", "prices.sql"), model);
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

	it("finds every type equal, as loaded and as changed, with and without a key, and says what is left out; all parts of the lake agree", async () => {
		const report = await reconcile("--deep");
		expect(report.lake?.filter(({ state }) => state !== "equal")).toEqual([]);
		const parts = report.lake?.map(({ part, name }) => `${part} ${name}`);
		expect(parts).toEqual(
			expect.arrayContaining(["derived table prices", "current table own.bag", "raw files own.keys"]),
		);
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

	describe("with --deep", () => {
		const files = async (): Promise<LakeFinding[]> =>
			(await new LocalComparison(localPaths(stack.home)).lake.files(testContext())).filter(
				({ state }) => state !== "equal",
			);
		const home = (path: string): string => join(stack.home, path);
		const current = "lake/processed/current/own/items";

		it.for<[what: string, folder: string, pattern: RegExp, does: "move" | "empty", found: [string, string, RegExp]]>([
			["a data file removed", `${current}/data`, /parquet$/, "move", ["data files", "current/own/items", /is missing/]],
			["a data file cut", `${current}/data`, /parquet$/, "empty", ["data files", "current/own/items", /has 0 bytes/]],
			["metadata removed", current, /^metadata$/, "move", ["data files", "current/own/items", /no metadata/]],
			[
				"a manifest emptied",
				`${current}/metadata`,
				/\.avro$/,
				"empty",
				["data files", "current/own/items", /missing or damaged/],
			],
			["a raw file removed", "lake/raw/own/items", /^LOAD/, "move", ["raw files", "own.items", /^LOAD\S+ is gone/]],
			["a raw change file cut", "lake/raw/own/bag", /^2/, "empty", ["raw files", "own.bag", /has 0 bytes/]],
			["a batch removed", "lake/processed/own/keys", /^batch=1$/, "move", ["change log", "own.keys", /^batch=1 /]],
			["a model removed", "lake/processed/models", /^prices$/, "move", ["catalog", "the data catalog", /^prices: /]],
			["the catalog removed", "", /^catalog\.json$/, "move", ["catalog", "the data catalog", /^it is gone/]],
		])("names %s", async ([, place, pattern, does, [part, name, text]]) => {
			const folder = home(place);
			const away = home("away");
			await mkdir(away, { recursive: true });
			const names = (await readdir(folder)).filter((entry) => pattern.test(entry));
			expect(names).not.toEqual([]);
			for (const one of names) {
				await rename(join(folder, one), join(away, one));
				if (does === "empty") await writeFile(join(folder, one), "");
			}
			try {
				expect(await files()).toContainEqual(
					expect.objectContaining({ part, name, state: "different", found: [expect.stringMatching(text)] }),
				);
			} finally {
				for (const one of names) await rename(join(away, one), join(folder, one));
			}
			expect(await files()).toEqual([]);
		});

		it("names rows of change log and model that were changed, and changes whose raw file is gone", async () => {
			const log = home("lake/processed/own/items");
			// Those before the newest reload are history.
			const newest = Math.max(...(await readdir(log)).map((name) => Number(name.replace("batch=", ""))));
			const restored = [
				await rewriteTable(home("lake/processed/models/prices"), { n: "n + 1" }, ""),
				await rewriteFiles(
					join(log, `batch=${newest}`),
					"* REPLACE (CASE WHEN id = 2 THEN 'other' ELSE name END AS name)",
				),
			];
			const raw = home("lake/raw/own/keys");
			const changes = (await readdir(raw)).filter((name) => name.startsWith("2"));
			for (const name of changes) await rename(join(raw, name), `${join(raw, name)}.away`);
			try {
				const compare = new LocalComparison(localPaths(stack.home));
				const found = await compare.lake.rows(await compare.tables(), true, testContext());
				const different = found.filter(({ state }) => state !== "equal");
				expect(different).toMatchObject([
					{
						part: "raw files",
						name: "own.keys",
						found: [expect.stringMatching(/^[\d,]+ changes? of the change log, /)],
					},
					{
						part: "derived table",
						name: "prices",
						found: expect.arrayContaining([expect.stringMatching(/rows? changed$/)]),
					},
					{
						part: "current table",
						name: "own.items",
						found: ["1 row changed"],
						examples: [{ kind: "changed", key: { id: "2" }, columns: { name: { source: "other", lake: "unseen" } } }],
					},
				]);
			} finally {
				for (const name of changes) await rename(`${join(raw, name)}.away`, join(raw, name));
				for (const restore of restored) await restore();
			}
		});

		it("run-etl looks at what it left: a damaged table, and a batch with other rows of one that it wrote, are named, with 1", async () => {
			const run = ["run-etl", "process-cdc"];
			expect(await stack.json(run, secret)).toMatchObject({ damaged: [] });
			await admin.query("INSERT INTO own.keys VALUES ('run', 1, 'r')");
			const arrived = await new LocalComparison(localPaths(stack.home)).committed();
			await poll({ firstMs: 100 }, async () => ((await arrived()) ? true : undefined));
			// Of the current snapshot: the folder also has files of older ones.
			const [{ path: file } = { path: "" }] = (await icebergFiles(home(current))).current;
			await rename(file, `${file}.away`);
			const log = home("lake/processed/own/keys");
			const batch = "batch=1";
			const restore = await rewriteFiles(join(log, batch), "DISTINCT ON (true) *");
			try {
				const { code, stdout } = await stack.run(run, secret);
				expect(code).toBe(1);
				expect(stdout).toContain(`damaged, change log: own.keys: ${batch} has `);
				// Of tables that a run did not write it looks at some, by chance, as long as there is time.
				let said = stdout;
				await poll({ firstMs: 100 }, async () => {
					if (/damaged, data files: current\/own\/items: \S+ is missing/.test(said)) return true;
					said = (await stack.run(run, secret)).stdout;
					return undefined;
				});
				expect(said).toMatch(/To repair it: rm -r \S+current\/own\/items && pipeline-cli run-etl/);
			} finally {
				await restore();
				await rename(`${file}.away`, file);
			}
			expect(await stack.json(run, secret)).toMatchObject({ damaged: [] });
		});

		it("query, run-etl and status warn where the replication stands still, though the source has changes", async () => {
			const checkpoint = home("replication/checkpoint.json");
			// A batch stays open for ten minutes here.
			await admin.query("INSERT INTO own.keys VALUES ('late', 1, 'l')");
			const hourAgo = new Date(Date.now() - 3_600_000);
			await utimes(checkpoint, hourAgo, hourAgo);
			const said =
				/The replication is behind the source: it has stood at \S+ for 3,6\d\d seconds, and the source is at /;
			expect((await stack.run(["query", "SELECT 1"], secret)).stderr.replaceAll(/\s+/g, " ")).toMatch(said);
			const { code, stdout } = await stack.run(["status"], secret);
			expect([code, stdout.replaceAll(/\s+/g, " ")]).toEqual([0, expect.stringMatching(said)]);
			await reconcile();
			expect((await stack.run(["query", "SELECT 1"], secret)).stderr).not.toContain("behind");
		});

		it("names commands that repair a current table, a change log and a model", async () => {
			const lost: [string, RegExp][] = [
				[`${current}/data`, /parquet$/],
				["lake/processed/own/keys", /^batch=/],
				["lake/processed/models/prices", /^metadata$/],
			];
			for (const [place, pattern] of lost) {
				for (const name of await readdir(home(place)))
					if (pattern.test(name)) await rm(home(join(place, name)), { recursive: true });
			}
			const found = await files();
			expect(new Set(found.map(({ name }) => name))).toEqual(
				new Set(["current/own/items", "own.keys", "the data catalog"]),
			);
			for (const { fix = "" } of found) {
				const [removal = "", run] = fix.includes("&&") ? fix.split(" && ") : ["true", fix];
				expect(run).toBe("pipeline-cli run-etl");
				execFileSync("bash", ["-c", removal]);
			}
			await stack.json(["run-etl"], secret);
			expect((await reconcile("--deep")).lake?.filter(({ state }) => state !== "equal")).toEqual([]);
		});
	});
});

function of(counts: Partial<TableComparison["counts"]>): TableComparison["counts"] {
	return { missing: 0, extra: 0, changed: 0, doubled: 0, ...counts };
}
