import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { describe, expect } from "vitest";
import type { VerifyReport } from "../../cli/actions/verify/report.ts";
import { poll } from "../../cli/common/poll.ts";
import type { CliStack, RunningCli } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { replicatorPids } from "../support/replicatorPids.ts";
import { replicationGrants } from "../support/servers/source.ts";

const pipeline = (rest: string): string => `name: own\nsource: { schemas: [own] }\n${rest}`;
const heartbeat = "verify: { table: own.pipeline_heartbeat }\n";

/** A server of the user's own, with an account that may read and replicate; each test continues where the last one ended. */
describe("verify-cdc of a pipeline of one's own", () => {
	let stack: CliStack;
	let admin: Connection;
	let folder: string;

	it.beforeAll(async ({ fileStack, fileFolder, server, db }) => {
		stack = fileStack;
		admin = db;
		folder = join(fileFolder, "definition");
		await mkdir(folder);
		await define("");
		await admin.query("CREATE DATABASE own");
		await admin.query("CREATE TABLE own.items (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(8,2), at DATETIME)");
		await admin.query("INSERT INTO own.items VALUES (1, 'ä', 1.50, NOW()), (2, 'b', 2.00, NOW())");
		await admin.query("CREATE USER 'repl'@'%' IDENTIFIED BY 'secret'");
		for (const grant of replicationGrants("'repl'@'%'", "own")) await admin.query(grant);
		const url = `mysql://repl:secret@127.0.0.1:${server.port}/?ssl-mode=DISABLED`;
		await stack.json(["source", "up", "--pipeline", folder], { PIPELINE_SOURCE_URL: url });
		await stack.json(["replication", "start", "--batch-interval", "1"], secret);
	});

	const secret = { PIPELINE_SOURCE_PASSWORD: "secret" };
	const define = (rest: string): Promise<void> => writeFile(join(folder, "pipeline.yaml"), pipeline(rest));
	const verify = (...args: string[]): Promise<VerifyReport> => stack.json(["verify-cdc", ...args], secret);
	const heartbeats = async (): Promise<number> => {
		const [rows] = await admin.query<RowDataPacket[]>("SELECT COUNT(*) AS n FROM own.pipeline_heartbeat");
		return Number(rows[0]?.n);
	};
	const hasWritten = (running: RunningCli, text: string): Promise<true> =>
		poll({ firstMs: 100, signal: AbortSignal.timeout(60_000) }, async () =>
			running.output().stderr.includes(text) ? true : undefined,
		);

	it("says which ways there are where the definition names no table, and suggests no sample data", async () => {
		const result = await stack.run(["verify-cdc"], secret);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("The definition of own does not specify a table to which verify-cdc may write.");
		expect(result.stderr).toContain("next: pipeline-cli verify-cdc --read-only");
		expect(result.stderr).not.toContain("seed");
	});

	it("--read-only counts rows where nothing changes", async () => {
		const report = await verify("--read-only");
		expect(report).toMatchObject({ ok: true, kind: "counts", removed: false });
		expect(report.checks.find(({ name }) => name === "own.items")?.detail).toBe("2 rows in the lake, 2 at the source");
	});

	it("--read-only follows what others change", async () => {
		const running = stack.start(["verify-cdc", "--read-only", "--json"], secret);
		let id = 100;
		const writing = setInterval(() => {
			id += 1;
			void admin.query("INSERT INTO own.items VALUES (?, ?, 9.99, NOW())", [id, `it's "${id}"`]);
		}, 300);
		const ended = await running.ended.finally(() => clearInterval(writing));
		expect([ended.code, ended.stderr]).toEqual([0, expect.anything()]);
		const report = JSON.parse(ended.stdout) as VerifyReport;
		expect(report).toMatchObject({ ok: true, kind: "change", table: "own.items", columns: ["id", "name", "price"] });
		expect(report.rows.length).toBeGreaterThan(0);
		expect(report.rawFiles[0]).toMatch(/^own\/items\/\d{8}-\d{9}\.parquet$/);
	});

	it("names the statements for a DBA where the table of heartbeats is missing, also where it may not be made", async () => {
		await define(heartbeat);
		const missing = await stack.run(["verify-cdc"], secret);
		expect(missing.code).toBe(2);
		expect(missing.stderr).toContain("CREATE TABLE IF NOT EXISTS `own`.`pipeline_heartbeat`");
		expect(missing.stderr).toContain("GRANT SELECT, INSERT, DELETE ON `own`.`pipeline_heartbeat` TO 'repl'@'%';");
		expect(missing.stderr).toContain("next: pipeline-cli verify-cdc --create");
		const refused = await stack.run(["verify-cdc", "--create"], secret);
		expect(refused.code).toBe(2);
		expect(refused.stderr).toContain("The source's user may not create the table own.pipeline_heartbeat.");
	});

	it("names the grant where the user may make the table and not write into it", async () => {
		// As the server of sourceKind ec2 grants it when it starts: on the table, which is not there yet.
		await admin.query("GRANT CREATE ON own.pipeline_heartbeat TO 'repl'@'%'");
		const result = await stack.run(["verify-cdc", "--create"], secret);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain(
			"Grant it: GRANT SELECT, INSERT, DELETE ON `own`.`pipeline_heartbeat` TO 'repl'@'%';",
		);
	});

	it("follows a heartbeat and its removal to the current table; two at a time, where the second waits", async () => {
		await admin.query("GRANT SELECT, INSERT, DELETE ON own.pipeline_heartbeat TO 'repl'@'%'");
		const running = [1, 2].map(() => stack.start(["verify-cdc", "--json"], secret));
		for (const { code, stdout } of await Promise.all(running.map(({ ended }) => ended))) {
			expect(code).toBe(0);
			const report: VerifyReport = JSON.parse(stdout);
			expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual(
				[
					...["source", "table statistics", "raw zone", "jobs", "current table"],
					...["delete: table statistics", "delete: raw zone", "delete: jobs", "delete: current table"],
				].map((name) => [name, true]),
			);
			expect(report).toMatchObject({ ok: true, kind: "rows", table: "own.pipeline_heartbeat", removed: true });
		}
		expect(await heartbeats()).toBe(0);
	});

	it("takes its row back at Ctrl-C", async () => {
		const running = stack.start(["verify-cdc"], secret);
		await hasWritten(running, "Job process-load");
		running.kill("SIGINT");
		expect((await running.ended).code).toBe(8);
		expect(await heartbeats()).toBe(0);
	});

	it("fails where the replication looks well and nothing moves, with and without a write", async () => {
		const pids = await replicatorPids(stack.home);
		for (const pid of pids) process.kill(pid, "SIGSTOP");
		try {
			const written = await stack.run(["verify-cdc", "--timeout", "8s"], secret);
			expect(written.code).toBe(9);
			expect(written.stderr).toContain("nothing arrived");
			expect(await heartbeats()).toBe(0);
			await admin.query("INSERT INTO own.items VALUES (50, 'stuck', 1, NOW())");
			const read = await stack.run(["verify-cdc", "--read-only", "--timeout", "60s"], secret);
			expect(read.code).toBe(10);
			const running = stack.start(["verify-cdc", "--read-only", "--timeout", "12s"], secret);
			await hasWritten(running, "a change made by others");
			await admin.query("UPDATE own.items SET name = 'moved' WHERE id = 1");
			const moved = await running.ended;
			expect(moved.code).toBe(9);
			expect(moved.stderr).toContain("nothing arrived");
		} finally {
			for (const pid of pids) process.kill(pid, "SIGCONT");
		}
	});

	it("refuses rows that are there already, and leaves them", async () => {
		await define("verify: { table: own.items, rows: [{ id: 1, name: a, price: 1, at: null }] }\n");
		await admin.query("GRANT INSERT, DELETE ON own.items TO 'repl'@'%'");
		const result = await stack.run(["verify-cdc"], secret);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("own.items already has rows equal to those that verify-cdc writes.");
		const [rows] = await admin.query<RowDataPacket[]>("SELECT COUNT(*) AS n FROM own.items WHERE id = 1");
		expect(Number(rows[0]?.n)).toBe(1);
	});

	it("clicks of a pipeline that has none", async () => {
		for (const command of [["clicks", "send"], ["clicks", "tail"], ["verify-clicks"]]) {
			const result = await stack.run(command, secret);
			expect(result.code).toBe(2);
			expect(result.stderr).toContain("The pipeline own does not define clicks.");
		}
	});
});
