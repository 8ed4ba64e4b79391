import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect } from "vitest";
import { poll } from "../../cli/common/poll.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { filesBelow } from "../../cli/engines/local/catalog/lakeFolders.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { writeSettings } from "../../cli/engines/local/shared/settings.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { datasets } from "../support/sampleShop.ts";

interface Answer {
	columns: { name: string; type: string }[];
	rows: unknown[][];
	seconds: number;
}

/** Clicks, crawl and query as a user types them; no source and no job runs. */
describe("clicks send, crawl and query", () => {
	let stack: CliStack;

	it.beforeAll(async ({ fileStack }) => {
		stack = fileStack;
		const source = { kind: "private", host: "127.0.0.1", port: 1, user: "nobody", tls: "DISABLED" } as const;
		await writeSettings(
			{ version: 1, source: { ...source, schemas: datasets.map(({ schema }) => schema) } },
			localPaths(stack.home),
		);
	});

	/** Runs `query` with a text on its stdin. */
	async function queryStdin(sql: string, ...options: string[]): Promise<{ code: number | null; stdout: string }> {
		const child = spawn(
			process.execPath,
			[join(projectRoot, "dist", "pipeline-cli.js"), "query", "--file", "-", ...options],
			{ stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, PIPELINE_HOME: stack.home } },
		);
		let stdout = "";
		child.stdout.on("data", (chunk: Buffer) => {
			stdout += chunk.toString();
		});
		child.stdin.end(sql);
		const code = await new Promise<number | null>((resolve, reject) => {
			child.once("error", reject);
			child.once("close", resolve);
		});
		return { code, stdout };
	}

	it("says what to do where nothing was crawled", async () => {
		const result = await stack.run(["query", "SELECT * FROM clickstream_data"]);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("nothing has been crawled yet");
		expect(result.stderr).toContain("next: pipeline-cli crawl");
		const crawl = await stack.run(["crawl"]);
		expect(crawl.code).toBe(0);
		expect(crawl.stdout).toContain("The lake is empty");
	});

	it("sends clicks that are delivered before it ends", async () => {
		const sent = await stack.json<{ accepted: number; lost: number }>(["clicks", "send", "--records", "1500"]);
		expect(sent).toMatchObject({ accepted: 1500, retried: 0, lost: 0 });
		const folder = localPaths(stack.home).raw;
		const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".json.gz"));
		expect(files).toHaveLength(1);
		const lines = gunzipSync(await readFile(join(folder, files[0] ?? "")))
			.toString()
			.trimEnd()
			.split("\n");
		expect(lines).toHaveLength(1500);
	});

	it("registers them, and says so again when nothing changed", async () => {
		const first = await stack.run(["crawl"]);
		expect(first.code).toBe(0);
		expect(first.stdout).toMatch(/clickstream_data +json +5 +year, month, day, hour +added/);
		const second = await stack.run(["crawl"]);
		expect(second.stdout).toContain("1 table (0 added, 0 updated, 1 unchanged, 0 removed)");
	});

	it("answers as a table, as CSV and as JSON", async () => {
		const sql = "SELECT count(*) AS clicks, min(productid) AS lowest, max(productid) AS highest FROM clickstream_data";
		const table = await stack.run(["query", sql]);
		expect(table).toMatchObject({ code: 0, stdout: "clicks  lowest  highest\n  1500       1        5\n" });
		expect(table.stderr).toMatch(/1 row in /);
		expect(await stack.run(["query", sql, "--csv"])).toMatchObject({
			code: 0,
			stdout: "clicks,lowest,highest\r\n1500,1,5\r\n",
		});
		const answer = await stack.json<Answer>(["query", sql]);
		expect(answer.columns).toContainEqual({ name: "clicks", type: "bigint" });
		expect(answer.rows).toEqual([[1500, 1, 5]]);
	});

	it("takes a statement from a file, from stdin and by name", async () => {
		const file = join(stack.home, "count.sql");
		await writeFile(file, "-- all\nSELECT count(*) AS n FROM clickstream_data;\n");
		expect((await stack.json<Answer>(["query", "--file", file])).rows).toEqual([[1500]]);
		expect(await queryStdin("SELECT 7 AS seven", "--csv")).toEqual({ code: 0, stdout: "seven\r\n7\r\n" });
		const bands = await stack.json<Answer>(["query", "--name", "clicks_by_department_and_price"]);
		const clicks = bands.rows.reduce((sum, row) => sum + Number(row[2]), 0);
		expect(clicks).toBe(1500);
	});

	it("exports a table, and replaces no file", async () => {
		const path = join(stack.home, "clicks.parquet");
		const args = ["export", "clickstream_data", "--format", "parquet", "--output", path];
		expect(await stack.json(args)).toMatchObject({ path, rows: 1500 });
		const again = await stack.run(args);
		expect(again.code).toBe(2);
		expect(again.stderr).toContain("clicks.parquet exists already.");
		expect((await stack.run(["export", "clickstream_data", "--format", "doc"])).code).toBe(2);
	});

	it("lists the named queries with what they answer", async () => {
		const { stdout, code } = await stack.run(["query", "--list"]);
		expect(code).toBe(0);
		expect(stdout).toContain("sales_by_country\n    Sales by country\n    Customers, orders and revenue");
	});

	it("succeeds with no row", async () => {
		const sql = "SELECT department FROM clickstream_data WHERE price < 0";
		expect(await stack.run(["query", sql, "--csv"])).toMatchObject({ code: 0, stdout: "department\r\n" });
	});

	it.each<[string, string[], string]>([
		["no statement", [], "No statement was given."],
		["two statements", ["SELECT 1", "--name", "top_customers"], "cannot be combined"],
		["an unknown named query", ["--name", "nothing"], "There is no named query nothing."],
		["a file that is not there", ["--file", "nowhere.sql"], "nowhere.sql cannot be read."],
		["a statement that writes", ["DELETE FROM clickstream_data"], "DELETE is not allowed: queries only read."],
		["an unknown table", ["SELECT * FROM click_stream_data"], "Did you mean clickstream_data?"],
	])("refuses %s", async (_what, args, words) => {
		const result = await stack.run(["query", ...args]);
		expect(result.code).toBe(2);
		expect(result.stdout).toBe("");
		expect(result.stderr).toContain(words);
	});

	it("ends a statement at --timeout with 9", async () => {
		const endless = "SELECT count(*) FROM range(1000000000000) t WHERE t.range % 7 = 3";
		expect(await stack.run(["query", endless, "--timeout", "1s"])).toMatchObject({ code: 9, stdout: "" });
	});

	it("ends clicks send at Ctrl-C with 8 and a true count", async () => {
		const { delivery } = localPaths(stack.home);
		const before = await stack.json<Answer>(["query", "SELECT count(*) FROM clickstream_data"]);
		const sending = stack.start(["clicks", "send", "--duration", "1h", "--rate", "2000", "--json"]);
		await poll({ firstMs: 20, signal: AbortSignal.timeout(60_000) }, async () =>
			(await filesBelow(delivery, [".gz"])).length > 0 ? true : undefined,
		);
		sending.kill("SIGINT");
		const { code, stdout } = await sending.ended;
		expect(code).toBe(8);
		const { accepted } = JSON.parse(stdout) as { accepted: number };
		expect(accepted).toBeGreaterThan(0);
		const after = await stack.json<Answer>(["query", "SELECT count(*) FROM clickstream_data"]);
		expect(Number(after.rows[0]?.[0]) - Number(before.rows[0]?.[0])).toBe(accepted);
	});

	it("answers where the replication has failed, and says so; its status ends with 1", async () => {
		const { replication } = localPaths(stack.home);
		const at = new Date().toISOString();
		const failure = {
			outcome: "failure",
			what: "The replicator crashed 3 times after binlog.000007:4.",
			why: "Error: a poisoned event.",
			next: "pipeline-cli replication start --reload",
		};
		const failed = {
			...{ pid: 1, state: "failed", following: false, fullLoadProgress: 100, startedAt: at, updatedAt: at, failure },
			...{ lastError: `${failure.what} ${failure.why}`, batchInterval: 60, batchBytes: 1, tables: [] },
		};
		await mkdir(replication, { recursive: true });
		await writeFile(join(replication, "status.json"), JSON.stringify(failed));
		const sql = "SELECT 7 AS seven";
		const warning =
			/Replication has failed, so no new changes reach the lake\. The replicator crashed 3 times after binlog\.000007:4\. Error: a poisoned event\.\s+See: pipeline-cli replication status/;
		const asked = await stack.run(["query", sql, "--csv"]);
		expect(asked).toMatchObject({ code: 0, stdout: "seven\r\n7\r\n" });
		expect(asked.stderr.replaceAll(/\s+/g, " ")).toMatch(warning);
		const document = await stack.run(["query", sql, "--json"]);
		expect(JSON.parse(document.stdout)).toMatchObject({ rows: [[7]] });
		expect(document.stderr.replaceAll(/\s+/g, " ")).toMatch(warning);
		const shown = await stack.run(["replication", "status"]);
		expect(shown.code).toBe(1);
		expect(shown.stdout).toContain("The replicator crashed 3 times after binlog.000007:4.");
	});
});
