import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { poll } from "../../cli/common/poll.ts";
import { identify, signalProcess } from "../../cli/common/process/processIdentity.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { JobHost } from "../../cli/engines/local/jobs/jobHost.ts";
import { SailServer } from "../../cli/engines/local/jobs/sailServer.ts";
import { it as base } from "../support/fixtures.ts";

/** The engine of the jobs runs whatever a client sends, as its user. Another user of the machine must not be one. */

const python = join(projectRoot, ".pipeline", "python", "bin", "python");
const signal = new AbortController().signal;

const it = base
	.extend("engine", async ({ folder }, { onCleanup }) => {
		const server = new SailServer(python, true);
		server.logTo(join(folder, "own.log"));
		onCleanup(() => server.stop());
		return server;
	})
	.extend("open", async ({ folder }, { onCleanup }) => {
		const server = new SailServer(python);
		server.logTo(join(folder, "open.log"));
		onCleanup(() => server.stop());
		return server;
	});

/** @param other an engine that the attacker may use. */
async function attack(address: string, secret: string, other: string): Promise<unknown> {
	const script = join(projectRoot, "tests", "support", "attack_engine.py");
	const { stdout } = await promisify(execFile)(python, [script, address, secret, other]);
	return JSON.parse(stdout);
}

const isRoot = process.platform === "linux" && process.getuid?.() === 0;

it.runIf(isRoot)("another user neither reads nor runs anything by it", async ({ folder, engine, open }) => {
	const secret = join(folder, "password");
	await writeFile(secret, "s3cret\n", { mode: 0o600 });
	const own = await engine.remote(signal);
	const machine = await open.remote(signal);
	// The same attack succeeds where the engine is in the machine's network.
	const attacks = [machine, own].map(({ address }) => attack(address, secret, machine.address));
	const [reached, refused] = await Promise.all(attacks);
	expect(reached).toEqual({ user: 65534, connects: true, reads: "s3cret", "runs as": "0" });
	expect(refused).toEqual({ user: 65534, connects: false });
	expect(await engine.exposure(signal)).toBeUndefined();
});

it.runIf(process.platform === "linux")("a job reaches it", async ({ folder, engine, onTestFinished }) => {
	const { address, network } = await engine.remote(signal);
	const host = new JobHost(python, process.env);
	onTestFinished(() => host.close());
	const script = join(folder, "job.py");
	await writeFile(
		script,
		"from pyspark.sql import SparkSession\nprint(SparkSession.builder.getOrCreate().range(7).count())\n",
	);
	const log = join(folder, "job.log");
	const env = { SPARK_REMOTE: address, http_proxy: "http://127.0.0.1:9" };
	const job = { script, args: [], log, env: { ...env, no_proxy: "127.0.0.1" } };
	const { ended } = await host.start({ ...job, ...(network !== undefined && { network }) });
	expect(await ended).toEqual({ code: 0, signal: null });
});

it("one that hangs in the middle of a statement ends as an error; a long statement is none", async ({
	folder,
	onTestFinished,
}) => {
	const silenceMs = 5_000;
	const server = new SailServer(python, false, silenceMs);
	server.logTo(join(folder, "hangs.log"));
	onTestFinished(() => server.stop());
	const { address } = await server.remote(signal);
	const host = new JobHost(python, process.env);
	onTestFinished(() => host.close());
	const script = join(folder, "job.py");
	// The first takes all processors, and Python's lock of the engine's process; in all tests of faults for longer than the limit.
	const rows = process.env.ALL_FAULTS === "1" ? 200 : 4;
	await writeFile(
		script,
		`import time
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.types import LongType

def slow(value):
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        pass
    return value

spark = SparkSession.builder.getOrCreate()
count = spark.range(${rows}).select(F.udf(slow, LongType())("id").alias("v")).where("v >= 0").count()
print("counted", count, flush=True)
spark.range(1_000_000_000_000).where("id % 7 = 3").count()
`,
	);
	const log = join(folder, "job.log");
	await writeFile(log, "");
	const { pid, ended } = await host.start({ script, args: [], log, env: { SPARK_REMOTE: address } });
	const job = identify(pid as number);
	onTestFinished(() => signalProcess(job, "SIGKILL"));
	const running = poll({ firstMs: 50, timeoutMs: 120_000 }, async () =>
		(await readFile(log, "utf8")).includes(`counted ${rows}`) ? true : undefined,
	);
	expect(await Promise.race([running, ended, server.died])).toBe(true);
	const { stdout } = await promisify(execFile)("pgrep", ["-P", `${process.pid}`, "-f", "sail_server.py --beat=0."]);
	process.kill(Number(stdout), "SIGSTOP");
	expect(await server.died).toMatchObject({
		text: {
			what: "The engine of the jobs (Sail) exited unexpectedly.",
			why: "It did not respond for 5 seconds, so it was ended.",
			next: "pipeline-cli run-etl",
		},
	});
});
