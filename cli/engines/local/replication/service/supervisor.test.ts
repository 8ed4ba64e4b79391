import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, vi } from "vitest";
import { test } from "../../../../../tests/support/fixtures.ts";
import { type LocalPaths, localPaths } from "../../shared/paths.ts";
import { statePaths } from "../model/statePaths.ts";
import { readDaemonStatus } from "./daemonStatus.ts";
import { supervise } from "./supervisor.ts";
import { workerExit } from "./worker.ts";

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
function dyingWorker(follows: boolean): ChildProcess {
	const worker = Object.assign(new EventEmitter(), { stderr: new EventEmitter(), connected: false });
	setImmediate(() => {
		if (follows) worker.emit("message", "following");
		worker.stderr.emit("data", Buffer.from("out of luck\n"));
		worker.emit("exit", 7, null);
	});
	return worker as unknown as ChildProcess;
}

test("a worker that dies five times in a row is given up, with its last words", async () => {
	const start = vi.fn(() => dyingWorker(false));
	expect(await supervise(paths, options, new AbortController().signal, start, { firstMs: 1 })).toBe(workerExit.failed);
	expect(start).toHaveBeenCalledTimes(5);
	const files = statePaths(paths);
	expect(await readDaemonStatus(files.status)).toMatchObject({
		state: "failed",
		failure: {
			what: "The replicator crashed 5 times in a row.",
			why: "Its last words: out of luck",
			next: "pipeline-cli replication start",
		},
	});
	expect(await readFile(files.log, "utf8")).toContain("ERROR the worker ended unexpectedly (7): out of luck");
	await expect(access(files.pid)).rejects.toThrow("ENOENT");
});

test("one that followed changes in between starts counting over, and does not reload", async () => {
	const start = vi.fn(({ restarted }: { reload: boolean; restarted: boolean }) =>
		dyingWorker(!restarted && start.mock.calls.length === 3),
	);
	expect(await supervise(paths, options, new AbortController().signal, start, { firstMs: 1 })).toBe(workerExit.failed);
	expect(start.mock.calls.map(([{ reload }]) => reload)).toEqual([true, true, true, false, false, false, false]);
	expect(start.mock.calls.map(([{ restarted }]) => restarted)).toEqual([false, false, false, true, true, true, true]);
});
