import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { VerifyClicksReport } from "../../cli/actions/verify/verifyClicks.ts";
import { poll } from "../../cli/common/poll.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { deadProxies } from "../support/deadProxies.ts";
import { loadedPackages } from "../support/loadedPackages.ts";
import { replicatorPids } from "../support/replicatorPids.ts";

interface Demo {
	ok: boolean;
	replicatedTables: number;
	replicatedRows: number;
	clicks: number;
	answer: { rows: unknown[][] };
	etl: {
		jobs: { job: string; state: string; report: { rows_read: number } }[];
		catalog: { tables: { name: string }[] };
	};
	verification: Verification;
}

interface Verification {
	ok: boolean;
	removed: boolean;
	rows: string[][];
	rawFiles: string[];
	checks: { name: string; ok: boolean; detail: string }[];
}

interface Answer {
	rows: unknown[][];
}

/** One local stack from nothing, used as a newcomer would: each test continues where the last one ended. */
describe("the local stack", () => {
	let stack: CliStack;

	it.beforeAll(async ({ fileStack }) => {
		stack = fileStack;
		Object.assign(process.env, deadProxies);
	});

	const count = async (table: string): Promise<number> =>
		Number((await stack.json<Answer>(["query", `SELECT count(*) FROM ${table}`])).rows[0]?.[0]);

	/** A run that takes a while, whatever there is to do: the jobs look at the lake. */
	const startRun = async (...args: string[]): Promise<ReturnType<CliStack["start"]>> => {
		await rm(join(stack.home, "runs", "settled.json"), { force: true });
		return stack.start(["run-etl", ...args]);
	};

	it("does not exist before the demo: status names what to run", async () => {
		const result = await stack.run(["status"]);
		expect(result.code).toBe(6);
		expect(result.stderr).toContain("next: pipeline-cli demo");
	});

	it("runs the demo from nothing and proves the sample shop's four rows", async () => {
		const demo = await stack.json<Demo>(["demo"]);
		expect(demo.ok).toBe(true);
		expect(demo.replicatedTables).toBe(23);
		expect(demo.clicks).toBe(2000);
		expect(demo.etl.jobs.map(({ job, state }) => [job, state])).toEqual([
			["process-load", "succeeded"],
			["process-cdc", "succeeded"],
			["apply-changes", "succeeded"],
			["build-models", "succeeded"],
			["join-tables", "succeeded"],
			["star-schema", "succeeded"],
		]);
		expect(demo.verification.checks.filter((check) => !check.ok)).toEqual([]);
		expect(demo.verification.rows.map((row) => row[0])).toEqual(["16", "17", "18", "19"]);
		expect(demo.verification.rawFiles[0]).toMatch(/^wordpress-db\/wp_terms\/\d{8}-\d{9}\.parquet$/);
		expect(await count("wp_terms")).toBe(19);
		expect(await count("joint_tables")).toBe(2000);
		expect(demo.answer.rows.length).toBe(5);
		// Tables that jobs make have no schema of the source's.
		const { runs } = await stack.json<{ runs: { runId: string }[] }>(["runs", "list"]);
		const { stdout } = await stack.run(["runs", "show", runs.at(-1)?.runId ?? ""]);
		expect(stdout).toMatch(/^joint_tables +join-tables /m);
	});

	it("runs the demo again, with marker rows that it takes back", async () => {
		const demo = await stack.json<Demo>(["demo"]);
		expect(demo.ok).toBe(true);
		expect(demo.verification.removed).toBe(true);
		// The same clicks once more would change every chart of them.
		expect([demo.clicks, await count("joint_tables")]).toEqual([0, 2000]);
		// The removal is a change as any other: it arrives too.
		await poll({ firstMs: 200, signal: AbortSignal.timeout(120_000) }, async () => {
			await stack.json(["run-etl"]);
			return (await count("wp_terms")) === 19 ? true : undefined;
		});
	});

	it("has nothing to do in a run with nothing new, and says so", async () => {
		const result = await stack.run(["run-etl"]);
		expect(result.code).toBe(0);
		expect(result.stdout).toContain("Nothing new since the last run.");
	});

	it("starts no job where one has found nothing in the same lake, and says in each report since when", async ({
		folder,
	}) => {
		const [looked] = (await readdir(join(stack.home, "runs"))).filter((name) => /^\d/.test(name)).slice(-1);
		const packages = await loadedPackages("pipeline-cli.js", ["run-etl"], folder, { PIPELINE_HOME: stack.home });
		expect(packages.filter((name) => name.startsWith("@duckdb"))).toEqual([]);
		const [newest] = (await readdir(join(stack.home, "runs"))).filter((name) => /^\d/.test(name)).slice(-1);
		const reports = join(stack.home, "lake", "processed", "_runs", newest ?? "");
		expect((await readdir(reports)).length).toBe(6);
		for (const name of await readdir(reports)) {
			expect(JSON.parse(await readFile(join(reports, name), "utf8"))).toMatchObject({
				run_id: newest,
				same_as: looked,
				rows_read: 0,
			});
		}
	});

	it("shows every part in status", async () => {
		const result = await stack.run(["status"]);
		expect(result.code).toBe(0);
		for (const text of [
			"MariaDB",
			"Load complete, replication ongoing, 100 %",
			"analytics_pipeline_local",
			"last run",
		]) {
			expect(result.stdout).toContain(text);
		}
	});

	it("refuses an unknown table and names near ones", async () => {
		const result = await stack.run(["query", "SELECT * FROM wp_term"]);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("wp_terms");
	});

	it("refuses a second run while one is in progress, naming the first", async () => {
		const first = await startRun("--json");
		await poll({ firstMs: 200, signal: AbortSignal.timeout(60_000) }, async () => {
			const files = await readdir(join(stack.home, "runs"));
			return files.includes("lock.json") ? true : undefined;
		});
		// However long the second takes to start, the first is still there.
		first.kill("SIGSTOP");
		const second = await stack.run(["run-etl"]).finally(() => first.kill("SIGCONT"));
		expect(second.code).toBe(4);
		const ended = await first.ended;
		expect(ended.code).toBe(0);
		expect(second.stderr).toContain(`Run ${JSON.parse(ended.stdout).runId} is already in progress.`);
	});

	it("ends a run at Ctrl-C with 8, and the next run works", async () => {
		const running = await startRun();
		await poll({ firstMs: 200, signal: AbortSignal.timeout(60_000) }, async () =>
			running.output().stderr.includes("Job process-load") ? true : undefined,
		);
		running.kill("SIGINT");
		const ended = await running.ended;
		expect(ended.code).toBe(8);
		expect(ended.stderr).toContain("next: pipeline-cli run-etl");
		expect((await stack.run(["run-etl"])).code).toBe(0);
	});

	it("survives a kill -9 of run-etl: nothing stays behind, the next run works", async () => {
		const running = await startRun();
		await poll({ firstMs: 200, signal: AbortSignal.timeout(60_000) }, async () =>
			running.output().stderr.includes("Job process-load") ? true : undefined,
		);
		running.kill("SIGKILL");
		await running.ended;
		// It runs a job, too, and proves that clicks arrive.
		const report = await stack.json<VerifyClicksReport>(["verify-clicks"]);
		expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual(
			["stream", "raw zone", "clickstream_data", "hour", "jobs", "joint_tables"].map((name) => [name, true]),
		);
	});

	it("stops what waits for a failed job, shows its log, and works again when fixed", async () => {
		const state = join(stack.home, "lake", "processed", "_state", "wordpress-db", "wp_terms.json");
		const good = await readFile(state, "utf8");
		await writeFile(state, "{ cut");
		const result = await stack.run(["run-etl"]);
		expect(result.code).toBe(1);
		expect(result.stdout).toMatch(/star-schema +skipped/);
		expect(result.stdout).toContain("The last lines of its log:");
		expect(result.stdout).toMatch(/Full log: \S+process-load\.log/);
		await writeFile(state, good);
		expect((await stack.run(["run-etl"])).code).toBe(0);
	});

	it("sets a raw file that is cut short aside, says which, and processes the rest", async () => {
		await stack.json(["verify-cdc", "--keep"]);
		const folder = join(stack.home, "lake", "raw", "wordpress-db", "wp_terms");
		const broken = join(folder, "20990101-000000000.parquet");
		const whole = await readFile(join(folder, "LOAD00000001.parquet"));
		await writeFile(broken, whole.subarray(0, whole.length - 20));
		const result = await stack.run(["run-etl"]);
		expect(result.code).toBe(11);
		expect(result.stdout).toContain("quarantined:");
		expect(result.stdout).toContain("20990101-000000000.parquet");
		expect(await count("wp_terms")).toBe(23);
		await rm(broken);
		expect((await stack.run(["run-etl"])).code).toBe(0);
	});

	it("fails verify-cdc with 9 where the replication looks well and nothing moves", async () => {
		const status = JSON.parse((await stack.run(["replication", "status", "--json"])).stdout);
		expect(status.state).toBe("running");
		const pids = await replicatorPids(stack.home);
		for (const pid of pids) process.kill(pid, "SIGSTOP");
		try {
			const result = await stack.run(["verify-cdc", "--timeout", "8s"]);
			expect(result.code).toBe(9);
			expect(result.stderr).toContain("nothing arrived");
		} finally {
			for (const pid of pids) process.kill(pid, "SIGCONT");
		}
		expect((await stack.json<Verification>(["verify-cdc"])).ok).toBe(true);
	});

	it("down also ends a run of jobs", async () => {
		const running = await startRun();
		await poll({ firstMs: 200, signal: AbortSignal.timeout(60_000) }, async () =>
			running.output().stderr.includes("Job process-load") ? true : undefined,
		);
		const down = await stack.json<{ run: string }>(["down"]);
		expect(down.run).toBe("stopped");
		expect((await running.ended).code).toBe(8);
	});

	it("stops with down; verify-cdc then says what to start", async () => {
		expect((await stack.run(["down"], { PIPELINE_STACK: "prod" })).code).toBe(0);
		const result = await stack.run(["verify-cdc"]);
		expect(result.code).toBe(1);
		expect(result.stderr).toContain("next: pipeline-cli");
	});

	it("with damaged settings names the way out", async () => {
		await writeFile(join(stack.home, "stack.json"), "{ cut");
		const result = await stack.run(["status"]);
		expect(result.code).toBe(2);
		expect(result.stdout).toContain("The settings file of the local stack is damaged.");
		expect(result.stdout).toMatch(/stack\.json: It is not valid JSON/);
		expect(result.stdout).toContain("next: pipeline-cli down --purge");
	});

	it("removes everything only when asked to", async () => {
		const refused = await stack.run(["down", "--purge"]);
		expect(refused.code).toBe(2);
		expect(await readdir(stack.home)).toContain("lake");
		expect((await stack.run(["down", "--purge", "--yes"])).code).toBe(0);
		await expect(readdir(stack.home)).rejects.toThrow("ENOENT");
	});
});
