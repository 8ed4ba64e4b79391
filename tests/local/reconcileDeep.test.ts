import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { poll } from "../../cli/common/poll.ts";
import { icebergFiles } from "../../cli/engines/local/catalog/icebergTable.ts";
import { LocalComparison } from "../../cli/engines/local/reconcile/localComparison.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { LakeFinding } from "../../cli/engines/port.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { testContext } from "../support/context.ts";
import { replicatedOwn, rewriteFiles, rewriteTable, secret } from "../support/reconciled.ts";

/** What tests change in the state of a table, and in the catalog. */
interface Edited {
	batches?: { rows: number }[];
	tables?: { name: string; prefix: string }[];
}

/** The parts of a lake, compared with each other; each test continues where the last one ended. */
describe("reconcile --deep", () => {
	let stack: CliStack;
	let admin: Connection;

	it.beforeAll(async ({ fileStack, fileFolder, server, db }) => {
		({ stack, admin } = await replicatedOwn({ fileStack, fileFolder, server, db }));
		await admin.query("INSERT INTO own.keys VALUES ('changed', 1, 'c')");
		// Models are made, too.
		await reconcile("--deep");
	});

	const reconcile = (...args: string[]): Promise<ReconcileReport> => stack.json(["reconcile", ...args], secret);
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
		["a raw file removed", "lake/raw/own/items", /^LOAD/, "move", ["raw files", "own.items", /^LOAD\S+ is missing/]],
		["a raw change file cut", "lake/raw/own/bag", /^2/, "empty", ["raw files", "own.bag", /has 0 bytes/]],
		["a batch removed", "lake/processed/own/keys", /^batch=1$/, "move", ["change log", "own.keys", /^batch=1 /]],
		["a model removed", "lake/processed/models", /^prices$/, "move", ["catalog", "the data catalog", /^prices: /]],
		["the catalog removed", "", /^catalog\.json$/, "move", ["catalog", "the data catalog", /^it is missing/]],
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

	it.for<[what: string, file: string, edit: (value: Edited) => void, found: [string, string, RegExp]]>([
		[
			"a batch that the state does not have any more",
			"lake/processed/_state/own/items.json",
			({ batches }) => batches?.pop(),
			["change log", "own.items", /^batch=\d+ exists, but is not in the state/],
		],
		[
			"a batch of which the state has another number of rows",
			"lake/processed/_state/own/items.json",
			({ batches = [] }) => {
				for (const batch of batches) batch.rows += 1;
			},
			["change log", "own.items", /^batch=\d+ has \d+ rows?, but should have \d+/],
		],
		[
			"a table of the catalog that leads to another one's folder",
			"catalog.json",
			({ tables = [] }) => {
				for (const table of tables) if (table.name === "items") table.prefix = "current/own/ci";
			},
			["catalog", "the data catalog", /^items \(current\/own\/items\) is not registered/],
		],
	])("names %s", async ([, file, edit, [part, name, text]]) => {
		const before = await readFile(home(file), "utf8");
		const value = JSON.parse(before) as Edited;
		edit(value);
		await writeFile(home(file), JSON.stringify(value));
		try {
			const found = await files();
			expect(found).toMatchObject([{ part, name, state: "different" }]);
			expect(found[0]?.found[0]).toMatch(text);
		} finally {
			await writeFile(home(file), before);
		}
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
					examples: [{ kind: "changed", key: { id: "2" }, columns: { name: { source: "other", lake: "b" } } }],
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
			/Replication is behind the source: it has not moved from \S+ for 3,6\d\d seconds, but the source is at /;
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
