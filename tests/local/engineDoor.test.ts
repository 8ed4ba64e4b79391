import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
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
