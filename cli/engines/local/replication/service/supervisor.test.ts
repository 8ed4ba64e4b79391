import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, vi } from "vitest";
import { test } from "../../../../../tests/support/fixtures.ts";
import { type LocalPaths, localPaths } from "../../shared/paths.ts";
import { type Checkpoint, writeCheckpoint } from "../model/checkpoint.ts";
import { statePaths } from "../model/statePaths.ts";
import { readDaemonStatus } from "./daemonStatus.ts";
import { supervise } from "./supervisor.ts";
import { workerExit } from "./workerExit.ts";

const options = { limits: { intervalMs: 1000, bytes: 1000 }, reload: true };
let paths: LocalPaths;

test.beforeEach(async ({ folder }) => {
	paths = localPaths(folder);
	await mkdir(paths.replication, { recursive: true });
	await writeFile(statePaths(paths).pid, String(process.pid));
});

test.afterEach(async () => {
	vi.restoreAllMocks();
});

/** A worker that says something, follows changes where the test says so, and dies. */
function dyingWorker(follows: boolean, before = async (): Promise<void> => undefined): ChildProcess {
	const worker = Object.assign(new EventEmitter(), { stderr: new EventEmitter(), connected: false });
	setImmediate(async () => {
		await before();
		if (follows) worker.emit("message", "following");
		worker.stderr.emit("data", Buffer.from("x.js:1\n\nRangeError: out of luck\n    at y\n"));
		worker.emit("exit", 7, null);
	});
	return worker as unknown as ChildProcess;
}

test.for([false, true])(
	"a worker that dies three times at one position is given up, with its error (followed: %s)",
	async (follows) => {
		const start = vi.fn(() => dyingWorker(follows));
		expect(await supervise(paths, options, new AbortController().signal, start, { firstMs: 1 })).toBe(
			workerExit.failed,
		);
		expect(start).toHaveBeenCalledTimes(3);
		const files = statePaths(paths);
		expect(await readDaemonStatus(files.status)).toMatchObject({
			state: "failed",
			failure: {
				what: "The replicator crashed 3 times before the first full load was complete.",
				why: "RangeError: out of luck.",
				next: "pipeline-cli replication start --reload",
			},
		});
		const log = await readFile(files.log, "utf8");
		expect(log).toContain(
			"ERROR the worker ended unexpectedly (7) before the first full load was complete: RangeError: out of luck",
		);
		await expect(access(files.pid)).rejects.toThrow("ENOENT");
	},
);

test("one that comes further each time is started again and again, and does not reload", async () => {
	const checkpoint = (offset: number): Checkpoint => ({
		version: 1,
		server: { flavour: "mysql", id: "a" },
		position: { file: "log.000001", offset, gtid: "", fileCreated: 0 },
		sequence: { commitDigits: "0".repeat(16), counter: 0, fileTime: 0 },
		tables: [],
		prepared: {},
		loadedAt: new Date(0).toISOString(),
	});
	const stop = new AbortController();
	const start = vi.fn((_: { reload: boolean; restarted: boolean }) => {
		const times = start.mock.calls.length;
		if (times === 8) stop.abort();
		return dyingWorker(times === 2, () => writeCheckpoint(statePaths(paths).checkpoint, checkpoint(4 + times)));
	});
	expect(await supervise(paths, options, stop.signal, start, { firstMs: 1 })).toBe(workerExit.stopped);
	expect(start.mock.calls.map(([{ reload }]) => reload)).toEqual([true, true, ...new Array(6).fill(false)]);
	expect(start.mock.calls.map(([{ restarted }]) => restarted)).toEqual([false, false, ...new Array(6).fill(true)]);
});
