import { spawn } from "node:child_process";
import { cp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { identify, isAlive, type ProcessIdentity } from "../../../common/process/processIdentity.ts";
import { RunLock, runningRun, stopRun } from "./runLock.ts";

let runs: string;
const { signal } = new AbortController();

it.beforeEach(async ({ folder }) => {
	runs = folder;
});

/** Leaves the lock of a run whose process is gone. */
async function leaveDeadLock(children: (number | ProcessIdentity)[] = []): Promise<void> {
	const gone = spawn("true");
	await new Promise((resolve) => gone.once("close", resolve));
	const holder = { pid: gone.pid, stamp: "1", runId: "dead", startedAt: "then", children };
	await writeFile(join(runs, "lock.json"), JSON.stringify(holder));
}

it("is held once, and refused to the second naming the first", async () => {
	const lock = await RunLock.take(runs, "first", signal);
	expect(await runningRun(runs)).toMatchObject({ runId: "first" });
	await expect(RunLock.take(runs, "second", signal)).rejects.toMatchObject({
		outcome: "serviceRefused",
		text: { what: "Run first is already in progress." },
	});
	await lock.free();
	await (await RunLock.take(runs, "second", signal)).free();
	expect(await readdir(runs)).toEqual([]);
});

it("that came with a copy of the folder holds nothing, and nothing that it names is ended", async ({ folder }) => {
	const original = join(folder, "original");
	const lock = await RunLock.take(original, "first", signal);
	const child = startWaiting();
	await lock.addChild(identify(child.pid));
	const copy = join(folder, "copy");
	await cp(original, copy, { recursive: true });
	expect(await runningRun(copy)).toBeUndefined();
	expect(await stopRun(copy)).toBe("not running");
	await (await RunLock.take(copy, "second", signal)).free();
	expect(await runningRun(original)).toMatchObject({ runId: "first" });
	expect(isAlive(child.pid ?? 0)).toBe(true);
	child.kill("SIGKILL");
});

/** A process that waits, and starts in a moment. */
function startWaiting(...args: string[]) {
	return spawn("sh", ["-c", "read line", ...args]);
}

/** A process that has a job's script in its command line. */
function startJob() {
	return startWaiting(join("etl", "jobs", "x.py"));
}

it.each([
	["its id and start", (pid: number) => identify(pid)],
	["its id alone, as earlier versions noted it", (pid: number) => pid],
])("is taken over from a dead run by one of many, and its job is ended by %s", async (_, note) => {
	const job = startJob();
	const ended = new Promise((resolve) => job.once("close", resolve));
	await leaveDeadLock([note(job.pid ?? 0)]);
	const tries = await Promise.allSettled(
		Array.from({ length: 8 }, (_, index) => RunLock.take(runs, `${index}`, signal)),
	);
	expect(tries.filter((entry) => entry.status === "fulfilled")).toHaveLength(1);
	await ended;
});

it.each([
	["runs something else", () => startWaiting(), (pid: number) => pid],
	["began at another time", startJob, (pid: number) => ({ pid, stamp: "1" })],
])("does not end a process with a job's id that %s", async (_, start, note) => {
	const other = start();
	try {
		await leaveDeadLock([note(other.pid ?? 0)]);
		await RunLock.take(runs, "next", signal);
		expect(isAlive(other.pid ?? 0)).toBe(true);
	} finally {
		other.kill("SIGKILL");
	}
});

it("is free where the holder's id belongs to a later process", async () => {
	const holder = { pid: process.pid, stamp: "long ago", runId: "dead", startedAt: "then", children: [] };
	await writeFile(join(runs, "lock.json"), JSON.stringify(holder));
	expect(await runningRun(runs)).toBeUndefined();
	expect(await stopRun(runs)).toBe("not running");
});

it("by hand waits for a run of the schedule, which itself waits for nobody", async () => {
	const scheduled = await RunLock.take(runs, "scheduled", signal, { scheduled: true });
	await expect(RunLock.take(runs, "next", signal, { scheduled: true })).rejects.toMatchObject({
		outcome: "serviceRefused",
	});
	const waited: string[] = [];
	const byHand = await RunLock.take(runs, "by hand", signal, {
		onWait: async (runId, wait) => {
			waited.push(runId);
			await scheduled.free();
			return wait();
		},
	});
	expect(waited).toEqual(["scheduled"]);
	await byHand.free();
});
