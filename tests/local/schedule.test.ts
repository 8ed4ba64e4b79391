import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect } from "vitest";
import { exists } from "../../cli/common/fs.ts";
import { poll } from "../../cli/common/poll.ts";
import { isRunning, parseIdentity } from "../../cli/common/process/processIdentity.ts";
import { unitText } from "../../cli/engines/local/schedule/systemdUnit.ts";
import { type LocalPaths, localPaths } from "../../cli/engines/local/shared/paths.ts";
import { serverFiles } from "../../cli/engines/local/source/privateServer.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { client } from "../support/privateSource.ts";

interface Status {
	source: { state: string };
	replication: { state: string };
	lastRun?: { runId: string };
	failing?: { what: string; why?: string };
	schedule?: { text: string; running: boolean; nextRun?: string };
}

const definition = "name: own\nsource: { schemas: [own] }\n";

/** One stack of a table, kept running, killed and brought back: each test continues where the last one ended. */
describe("the local stack, kept running", () => {
	let stack: CliStack;
	let paths: LocalPaths;
	let file: string;

	const until = <T>(look: () => Promise<T | undefined>): Promise<T> =>
		poll({ firstMs: 300, signal: AbortSignal.timeout(120_000) }, look);
	// With a mistake in the definition a part may not be seen, and it ends with 2.
	const status = async (): Promise<Status> => JSON.parse((await stack.run(["status", "--json"])).stdout) as Status;
	const rows = async (): Promise<unknown> =>
		(await stack.json<{ rows: unknown[][] }>(["query", "SELECT count(*) FROM t"])).rows[0]?.[0];
	const kill = async (pidFile: string): Promise<void> => {
		const noted = parseIdentity(await readFile(pidFile, "utf8"));
		if (noted === undefined) throw new Error(`${pidFile} names no process`);
		// Not asked to end first: then it may end well.
		process.kill(noted.pid, "SIGKILL");
		await until(async () => (isRunning(noted) ? undefined : true));
	};

	it.beforeAll(async ({ fileStack, fileFolder }) => {
		stack = fileStack;
		paths = localPaths(stack.home);
		file = join(fileFolder, "own", "pipeline.yaml");
		await mkdir(join(fileFolder, "own"));
		await writeFile(file, definition);
		await stack.json(["source", "up", "--pipeline", join(fileFolder, "own")]);
		const admin = await client(paths);
		await admin.query("CREATE DATABASE own");
		await admin.query("CREATE TABLE own.t (a INT PRIMARY KEY)");
		await admin.query("INSERT INTO own.t VALUES (1), (2)");
		await admin.end();
	});

	it("is up when its first run is through", async () => {
		const up = await stack.run(["up", "--every", "1s"]);
		expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining("The jobs run every second") });
		expect(await rows()).toBe(2);
		expect((await stack.run(["up"])).code).toBe(0);
		expect(await stack.json(["up", "--every", "1s"])).toMatchObject({
			source: { action: "already running" },
			replication: "already running",
			schedule: { action: "already running", text: "every second", running: true },
		});
	});

	it("brings a change to the tables without anybody's help", async () => {
		const admin = await client(paths);
		await admin.query("INSERT INTO own.t VALUES (3)");
		await admin.end();
		await until(async () => ((await rows()) === 3 ? true : undefined));
		// While a run goes there is no next one.
		const next = await until(async () => (await status()).schedule?.nextRun);
		expect(Date.parse(next)).toBeGreaterThan(Date.now() - 60_000);
	});

	it("lets a run by hand wait for the schedule's", async () => {
		expect((await stack.run(["run-etl"])).code).toBe(0);
		const second = await stack.run(["run-etl", "--every", "1m"]);
		expect(second.code).toBe(4);
		expect(second.stderr).toContain("The schedule is already running.");
	});

	it("shows a failed run everywhere until a good one", async () => {
		await writeFile(file, `${definition}tables: { own.t: { rules: [{ not_nul: a }] } }\n`);
		const failed = await until(async () => (await status()).failing);
		expect(failed.what).toMatch(/^The last scheduled run failed: /);
		const asked = await stack.run(["query", "SELECT count(*) FROM t"]);
		expect(asked.code).toBe(0);
		expect(asked.stderr).toContain("warning: The last scheduled run failed:");
		await writeFile(file, definition);
		await until(async () => ((await status()).failing === undefined ? true : undefined));
	});

	it("says so when its schedule was killed, and comes back", async () => {
		const pidFile = join(paths.schedule, "pid");
		const [, stamp] = (await readFile(pidFile, "utf8")).split(/\s/);
		await kill(pidFile);
		// Meanwhile its id is another process's.
		for (const text of [`${process.pid} ${stamp}`, String(process.pid), "1 1", "0", `-1 ${stamp}`]) {
			await writeFile(pidFile, `${text}\n`);
			expect([text, (await status()).schedule?.running]).toEqual([text, false]);
		}
		await writeFile(pidFile, `${process.pid} ${stamp}\n`);
		const killed = await stack.run(["status"]);
		expect(killed.stdout).toMatch(/schedule +died +was every second/);
		expect(killed.code).toBe(1);
		expect(killed.stdout).toContain("To start everything: pipeline-cli up --every 1s");
		expect(await stack.json(["up", "--every", "2s"])).toMatchObject({ schedule: { action: "started" } });
		expect(await stack.json(["up", "--every", "1s"])).toMatchObject({ schedule: { action: "restarted" } });
	});

	it("ends nothing by a copy of its folder, where nothing of it runs", async ({ folder }) => {
		const copied = join(folder, "copied");
		// A socket cannot be copied; the copy asks the same server. Files come and go meanwhile.
		const filter = (path: string): boolean => !path.startsWith(serverFiles(paths).data);
		await until(() =>
			cp(stack.home, copied, { recursive: true, filter }).then(
				() => true as const,
				() => undefined,
			),
		);
		const there = { PIPELINE_HOME: copied };
		const shown = JSON.parse((await stack.run(["status", "--json"], there)).stdout) as Status;
		expect(shown).toMatchObject({ replication: { state: "failed" }, schedule: { running: false } });
		expect((await stack.run(["down"], there)).code).toBe(0);
		expect(await status()).toMatchObject({
			source: { state: "running" },
			replication: { state: "running" },
			schedule: { running: true },
		});
	});

	it.runIf(process.env.ALL_FAULTS === "1")(
		"ends where its folder is moved, and comes back there",
		async ({ folder }) => {
			const files = [join(paths.schedule, "pid"), join(paths.replication, "pid")];
			const noted = await Promise.all(files.map(async (file) => parseIdentity(await readFile(file, "utf8"))));
			const moved = join(folder, "moved");
			const there = { PIPELINE_HOME: moved };
			await rename(stack.home, moved);
			try {
				await until(async () => (noted.some((one) => one !== undefined && isRunning(one)) ? undefined : true));
				const up = await stack.json(["up", "--every", "1s"], there);
				expect(up).toMatchObject({ source: { action: "already running" }, replication: "resumed" });
				expect((await stack.run(["reconcile"], there)).code).toBe(0);
			} finally {
				await stack.run(["down"], there);
				// What ran there may have made some of it again.
				await rm(stack.home, { recursive: true, force: true });
				await rename(moved, stack.home);
			}
			expect((await stack.run(["up", "--every", "1s"])).code).toBe(0);
		},
	);

	it("comes back as systemd starts it at boot, and stops with it", async () => {
		await kill(join(paths.schedule, "pid"));
		await kill(join(paths.replication, "pid"));
		await kill(serverFiles(paths).pid);
		expect(await status()).toMatchObject({ source: { state: "stopped" }, replication: { state: "failed" } });
		const service = stack.start(["up", "--foreground", "--every", "1s"]);
		const runId = (await status()).lastRun?.runId ?? "";
		await until(async () => {
			const now = await status();
			return now.schedule?.running === true && (now.lastRun?.runId ?? "") > runId ? true : undefined;
		});
		service.kill("SIGTERM");
		expect(await service.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("Stopped everything.") });
		expect(await status()).toMatchObject({
			source: { state: "stopped" },
			replication: { state: "stopped" },
			schedule: { running: false },
		});
		const down = await stack.run(["down"]);
		expect(down.stdout).toContain("To start everything again: pipeline-cli up --every 1s");
	});
});

it("the unit of systemd is one that systemd takes", async ({ folder, skip }) => {
	const verify = "/usr/bin/systemd-analyze";
	if (!(await exists(verify))) skip("there is no systemd-analyze");
	const project = join(folder, 'my project 100% $x "q"');
	const cli = join(project, "cli.js");
	await mkdir(project);
	await writeFile(cli, "");
	await chmod(cli, 0o755);
	const unit = join(folder, "pipeline-local.service");
	const args = ["up", "--foreground"];
	const env = { PIPELINE_HOME: project };
	await writeFile(unit, unitText({ name: "local", node: process.execPath, cli, project, args, env }));
	const { stdout, stderr } = await promisify(execFile)(verify, ["--user", "verify", unit], {
		env: { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder, SYSTEMD_LOG_LEVEL: "warning" },
	});
	expect(`${stdout}${stderr}`.split("\n").filter((line) => line.includes("pipeline-local"))).toEqual([]);
});
