import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { poll } from "../../cli/common/poll.ts";
import { isAlive } from "../../cli/common/process/processIdentity.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { deliverLeftovers } from "../../cli/engines/local/eventStream/leftovers.ts";
import { LocalJobs } from "../../cli/engines/local/jobs/localJobs.ts";
import { LocalReplication } from "../../cli/engines/local/replication/client/localReplication.ts";
import { type LocalPaths, localPaths } from "../../cli/engines/local/shared/paths.ts";
import { LocalSource } from "../../cli/engines/local/source/localSource.ts";
import { serverProcess } from "../../cli/engines/local/source/privateServer.ts";
import { rounds } from "../support/cases.ts";
import type { CliStack, RunningCli } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { addressOf, connects } from "../support/page/dashboardServer.ts";
import { client } from "../support/privateSource.ts";
import { expectOnce, senders, startSender } from "../support/sentClicks.ts";

/** Every process of a local stack is killed at some moment, while rows are written and clicks are sent. */

const kills = rounds(200, 8);
/** So soon after a kill the status says what is. */
const patienceMs = 5_000;

const definition = "name: kills\nsource: { schemas: [kills] }\nmodels: models\n";
const model =
	"-- primary_key: [customer]\nSELECT customer, count(*) AS n, sum(total) AS total FROM orders GROUP BY customer\n";

let stack: CliStack;
let paths: LocalPaths;

it.beforeAll(async ({ fileStack, fileFolder }) => {
	stack = fileStack;
	paths = localPaths(stack.home);
	const folder = join(fileFolder, "definition");
	await mkdir(join(folder, "models"), { recursive: true });
	await writeFile(join(folder, "pipeline.yaml"), definition);
	await writeFile(join(folder, "models", "totals.sql"), model);
	await stack.json(["source", "up", "--pipeline", folder]);
	const db = await client(paths);
	await db.query("CREATE DATABASE kills");
	await db.query("USE kills");
	await db.query("CREATE TABLE kills.orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT, total DECIMAL(10,2))");
	await db.query("CREATE TABLE kills.visits (page VARCHAR(10), seconds INT)");
	await db.query(`INSERT INTO kills.orders (customer, total) SELECT seq % 50, seq / 7 FROM seq_1_to_2000`);
	await db.end();
	await startReplication();
});

it.afterAll(() => {
	for (const sender of senders) sender.kill("SIGKILL");
});

async function startReplication(): Promise<void> {
	await stack.json(["replication", "start", "--batch-interval", "1"]);
}

/** Small numbers from a seed, so that a failing run can be repeated. */
function randomNumbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** Writes transactions until it is stopped; a server that is away is waited for. */
function startWriter(random: (below: number) => number): { stop(): Promise<number> } {
	let writing = true;
	let written = 0;
	const work = (async () => {
		while (writing) {
			try {
				const db = await client(paths);
				try {
					await db.query("USE kills");
					for (; writing; written += 1) {
						const id = random(2000);
						await db.query("START TRANSACTION");
						await db.query(
							`INSERT INTO kills.orders (customer, total) SELECT seq % 50, seq FROM seq_1_to_${1 + random(20)}`,
						);
						await db.query(`UPDATE kills.orders SET total = total + 1 WHERE id BETWEEN ${id} AND ${id + random(30)}`);
						await db.query(`DELETE FROM kills.orders WHERE id = ${random(4000)}`);
						await db.query(`INSERT INTO kills.visits VALUES ('${random(5)}', ${random(3)})`);
						await db.query(`DELETE FROM kills.visits WHERE page = '${random(5)}' LIMIT 1`);
						await db.query(random(10) === 0 ? "ROLLBACK" : "COMMIT");
						await sleep(10);
					}
				} finally {
					db.destroy();
				}
			} catch {
				await sleep(50);
			}
		}
	})();
	return {
		stop: async () => {
			writing = false;
			await work;
			return written;
		},
	};
}

const childrenOf = async (pid: number): Promise<number[]> => {
	const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
	const texts = await Promise.all(
		tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => "")),
	);
	return texts.flatMap((text) => text.split(" ").filter(Boolean).map(Number));
};
const commandOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");

/** A process of the stack that is to be killed; it is waited for. */
const found = (look: () => Promise<number | undefined>): Promise<number> =>
	poll({ firstMs: 20, signal: AbortSignal.timeout(60_000) }, look);

const replicationState = async (): Promise<string> => (await new LocalReplication(paths).status()).state;
const supervisorPid = (): Promise<number> =>
	found(async () => {
		// Killed three times at one position, the replicator gives up, as it says; the next start continues there.
		if ((await replicationState()) === "failed") await startReplication();
		const pid = Number.parseInt(await readFile(join(paths.replication, "pid"), "utf8").catch(() => "0"), 10);
		return isAlive(pid) ? pid : undefined;
	});
const workerPid = (): Promise<number> => found(async () => (await childrenOf(await supervisorPid()))[0]);

interface Victim {
	pids: number[];
	/** Ends with what the kill left half-done. */
	settled(): Promise<unknown>;
	/** Whether what is shown is what is. */
	isTrue(): Promise<boolean>;
}

/** A run of jobs, killed in one of its processes. @param pick the process, once it is there. */
async function ofRun(pick: (run: RunningCli) => Promise<number | undefined>): Promise<Victim> {
	const run = stack.start(["run-etl"]);
	const pid = await found(async () => {
		// It may be over before it is hit.
		if (!isAlive(run.pid)) return 0;
		return pick(run);
	});
	return {
		pids: [pid],
		settled: () => run.ended,
		isTrue: async () => {
			const [newest] = await new LocalJobs(paths).runs(1);
			// Of a run whose jobs or engine died the command itself says the end.
			return newest?.running !== true || isAlive(run.pid);
		},
	};
}

/** A child of the CLI, or of its job host, by a part of its command line. */
async function childOf(run: RunningCli, mark: string, isFork = false): Promise<number | undefined> {
	for (const child of await childrenOf(run.pid)) {
		if (!(await commandOf(child)).includes(mark)) continue;
		return isFork ? (await childrenOf(child))[0] : child;
	}
	return undefined;
}

const victims: Record<string, () => Promise<Victim>> = {
	supervisor: async () => {
		const supervisor = await supervisorPid();
		return {
			pids: [supervisor],
			settled: async () => undefined,
			isTrue: async () => (await replicationState()) === "failed",
		};
	},
	worker: async () => {
		const worker = await workerPid();
		const isTrue = async (): Promise<boolean> => ["starting", "running"].includes(await replicationState());
		return { pids: [worker], settled: async () => undefined, isTrue };
	},
	both: async () => {
		const pids = [await workerPid(), await supervisorPid()];
		return {
			pids,
			settled: async () => undefined,
			isTrue: async () => (await replicationState()) === "failed",
		};
	},
	job: () => ofRun((run) => childOf(run, "job_host.py", true)),
	engine: () => ofRun((run) => childOf(run, "sail_server.py")),
	command: () => ofRun(async (run) => ((await childOf(run, "job_host.py")) === undefined ? undefined : run.pid)),
	database: async () => ({
		pids: [(await serverProcess(paths))?.pid ?? 0],
		settled: async () => undefined,
		isTrue: async () => (await new LocalSource(paths).status()).state === "stopped",
	}),
	sender: async () => {
		const name = `s${sent.size}`;
		const { child, accepted } = await startSender(stack.home, name);
		sent.set(name, 0);
		return {
			pids: [child.pid ?? 0],
			settled: async () => {
				if (child.exitCode === null && child.signalCode === null) await once(child, "close");
				sent.set(name, accepted());
			},
			isTrue: async () => true,
		};
	},
};

/** Clicks that were accepted, by sender. */
const sent = new Map<string, number>();

it(`${kills} kills of any process lose nothing, repeat nothing, and the status stays true`, {
	timeout: 7_200_000,
}, async () => {
	const seed = Date.now() % 100_000;
	const random = randomNumbers(seed);
	const writer = startWriter(randomNumbers(seed + 1));
	const kinds = Object.keys(victims);
	const untrue: string[] = [];
	for (let killed = 0; killed < kills; killed += 1) {
		const kind = kinds[kills <= kinds.length ? killed : random(kinds.length)] ?? "";
		const victim = (await victims[kind]?.()) as Victim;
		await sleep(random(700));
		for (const pid of victim.pids.filter((one) => one > 1 && isAlive(one))) process.kill(pid, "SIGKILL");
		const deadline = AbortSignal.timeout(patienceMs);
		await poll({ firstMs: 50, signal: deadline }, async () => ((await victim.isTrue()) ? true : undefined)).catch(() =>
			untrue.push(`${killed} ${kind}`),
		);
		await victim.settled();
		if ((await serverProcess(paths)) === undefined) await stack.json(["source", "up"]);
		if ((await replicationState()) === "failed") await startReplication();
	}
	expect(await writer.stop()).toBeGreaterThan(kills);
	expect(untrue, `seed ${seed}`).toEqual([]);
	await startReplication();
	const folders = { spool: paths.delivery, raw: paths.raw };
	await deliverLeftovers(folders);
	await expectOnce(paths.raw, sent);
	expect((await stack.run(["run-etl"])).code).toBe(0);
	// Every row and value of the source, and each part of the lake with what it is made of.
	const compared = await stack.run(["reconcile", "--deep"]);
	expect([compared.code, compared.stdout]).toEqual([0, expect.stringContaining("The lake equals the source")]);
});

it("a dashboard that is killed leaves nothing behind, and the next one takes its port", async () => {
	const killed = stack.start(["dashboard", "--no-open"]);
	const { port } = new URL(await addressOf(killed));
	const children = await childrenOf(killed.pid);
	killed.kill("SIGKILL");
	await killed.ended;
	expect(await connects("127.0.0.1", Number(port))).toBe(false);
	await poll({ firstMs: 50 }, async () => (children.some(isAlive) ? undefined : true));
	const next = stack.start(["dashboard", "--no-open", "--port", port]);
	expect(new URL(await addressOf(next)).port).toBe(port);
	next.kill("SIGINT");
	expect((await next.ended).code).toBe(0);
});

it("a worker whose supervisor is another's, or gone, does nothing and ends", async () => {
	const before = await readFile(join(paths.replication, "pid"), "utf8");
	for (const supervisor of ["1 1", `${process.pid} 1`, ""]) {
		const args = ["work", "--home", stack.home, "--batch-interval", "1", "--batch-bytes", "1000000"];
		const program = join(projectRoot, "dist", "replicator.js");
		const worker = spawn(process.execPath, [program, ...args, "--supervisor", supervisor], { stdio: "ignore" });
		expect(await once(worker, "exit")).toEqual([1, null]);
	}
	expect(await readFile(join(paths.replication, "pid"), "utf8")).toBe(before);
});

it("a replicator is found although the file of its process id is damaged or gone", async () => {
	await startReplication();
	const file = join(paths.replication, "pid");
	const before = await readFile(file, "utf8");
	for (const text of ["", "99999999999999999999 1", "-5 3", "1 1", `${process.pid} 1`]) {
		await writeFile(file, text);
		expect([text, await replicationState()]).toEqual([text, "running"]);
	}
	await rm(file);
	expect(await stack.json(["replication", "start"])).toMatchObject({ outcome: "already running" });
	await writeFile(file, before);
});

it("a replicator that shows no sign of life has failed, and the next start takes over", async () => {
	await startReplication();
	const [supervisor, worker] = [await supervisorPid(), await workerPid()];
	const file = join(paths.replication, "status.json");
	for (const pid of [supervisor, worker]) process.kill(pid, "SIGSTOP");
	const shown = JSON.parse(await readFile(file, "utf8"));
	// After the machine woke up, or its clock was set forward, the time of day alone says nothing.
	const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
	await writeFile(file, JSON.stringify({ ...shown, updatedAt: hourAgo }));
	expect(await replicationState()).toBe("running");
	await writeFile(file, JSON.stringify({ ...shown, beatMs: shown.beatMs - 61_000 }));
	const status = await new LocalReplication(paths).status();
	expect(status).toMatchObject({ state: "failed", lastError: expect.stringContaining("has not reported its status") });
	expect((await stack.run(["status"])).code).toBe(1);
	await startReplication();
	expect([isAlive(supervisor), isAlive(worker)]).toEqual([false, false]);
	expect(await replicationState()).toBe("running");
	expect((await stack.run(["reconcile"])).code).toBe(0);
});
