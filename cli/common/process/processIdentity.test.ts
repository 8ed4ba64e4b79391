import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, vi } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import {
	endProcess,
	formatIdentity,
	fromPs,
	identify,
	isAlive,
	isRunning,
	parseIdentity,
	runningProcess,
} from "./processIdentity.ts";

let folder: string;
let children: ChildProcess[] = [];

it.beforeEach(async ({ folder: own }) => {
	folder = own;
});

it.afterEach(async () => {
	for (const child of children) child.kill("SIGKILL");
	children = [];
	vi.restoreAllMocks();
});

/** A process with `mark-of-ours` in its command line that runs until it is ended. @returns its id */
async function start(first = ":"): Promise<number> {
	const child = spawn("sh", ["-c", `${first}; echo up; read line`, "mark-of-ours"]);
	children.push(child);
	await new Promise((resolve) => child.stdout.once("data", resolve));
	return child.pid ?? 0;
}

describe("isRunning", () => {
	it("knows a process by id, start and command line", async () => {
		const identity = identify(await start());
		expect(identity.stamp).toMatch(/^\d+$/);
		expect(isRunning(identity)).toBe(true);
		expect(isRunning(identity, "mark-of-ours")).toBe(true);
		expect(isRunning(identity, "mark-of-another")).toBe(false);
	});

	it("does not take a later process with the same id for it", async () => {
		const { pid, stamp } = identify(await start());
		expect(isRunning({ pid, stamp: `${Number(stamp) - 1}` }, "mark-of-ours")).toBe(false);
	});

	it("goes by the command line where the start was not noted, and by nothing less", async () => {
		const pid = await start();
		expect(isRunning({ pid, stamp: "" }, "mark-of-ours")).toBe(true);
		expect(isRunning({ pid, stamp: "" }, "mark-of-another")).toBe(false);
		expect(isRunning({ pid, stamp: "" })).toBe(false);
	});

	it.runIf(process.platform === "linux")("is true until its last thread has ended, which holds its ports", async () => {
		const lastThread = `
import ctypes, os, sys, threading
def wait():
    main = f"/proc/{os.getpid()}/stat"
    while ") Z " not in open(main).read(): pass
    print("up", flush=True)
    sys.stdin.readline()
    os._exit(0)
threading.Thread(target=wait).start()
ctypes.CDLL(None).pthread_exit(None)`;
		const child = spawn("python3", ["-c", lastThread]);
		children.push(child);
		const identity = identify(child.pid);
		await new Promise((resolve) => child.stdout.once("data", resolve));
		expect(isRunning(identity, "python3")).toBe(true);
		const ended = new Promise((resolve) => child.once("exit", resolve));
		child.stdin.end("\n");
		await ended;
		expect(isRunning(identity, "python3")).toBe(false);
	});

	it("is false once it has ended", async () => {
		const identity = identify(await start());
		await endProcess(identity);
		expect(isRunning(identity)).toBe(false);
		expect(isAlive(identity.pid)).toBe(false);
	});

	it.each([0, -1, 1, Number.NaN, 2.5])("is false for %d, which no process of ours can have", (pid) => {
		expect(isRunning({ pid, stamp: "" }, " ")).toBe(false);
		expect(isAlive(pid)).toBe(false);
	});
});

it("sees by ps what it sees in /proc", async () => {
	const pid = await start();
	const seen = fromPs(pid);
	if (typeof seen === "string") throw new Error(`${seen}`);
	expect(Math.abs(Date.now() - Number(seen.stamp))).toBeLessThan(60_000);
	expect(seen.commandLine).toContain("mark-of-ours");
	await endProcess(identify(pid));
	expect(fromPs(pid)).toBe("gone");
});

it.each([
	["12 345\n", { pid: 12, stamp: "345" }],
	["12\n", { pid: 12, stamp: "" }],
	["12 \n", { pid: 12, stamp: "" }],
	["12 Mon Sep  1 10:00:00 2025\n", { pid: 12, stamp: "" }],
	["", undefined],
	["-12\n", undefined],
	["nonsense", undefined],
])("reads the pid file %j", (text, identity) => {
	expect(parseIdentity(text)).toEqual(identity);
});

describe("runningProcess", () => {
	it("finds the process that a pid file names, and leaves the file as it is", async () => {
		const path = join(folder, "pid");
		const text = formatIdentity(identify(await start()));
		await writeFile(path, text);
		expect(await runningProcess(path, "mark-of-ours")).toEqual(parseIdentity(text));
		expect(await readFile(path, "utf8")).toBe(text);
	});

	it("adds the start to a file without it, where the command line is ours", async () => {
		const path = join(folder, "pid");
		const pid = await start();
		await writeFile(path, `${pid}\n`);
		expect(await runningProcess(path, "mark-of-another")).toBeUndefined();
		expect(await readFile(path, "utf8")).toBe(`${pid}\n`);
		expect(await runningProcess(path, "mark-of-ours")).toEqual(identify(pid));
		expect(await readFile(path, "utf8")).toBe(formatIdentity(identify(pid)));
	});

	it.each(["", "1 2\n", "0\n", "nonsense", "4194400 5\n"])("finds none for the file %j", async (text) => {
		await writeFile(join(folder, "pid"), text);
		expect(await runningProcess(join(folder, "pid"), "")).toBeUndefined();
	});

	it("finds none without a file", async () => {
		expect(await runningProcess(join(folder, "none"), "")).toBeUndefined();
	});
});

describe("endProcess", () => {
	it("kills what does not end when it is asked to", async () => {
		const identity = identify(await start("trap '' TERM"));
		await endProcess(identity, "mark-of-ours", 100);
		expect(isRunning(identity)).toBe(false);
	});

	it("signals nobody where the process that was noted has ended", async () => {
		const kill = vi.spyOn(process, "kill");
		const { pid, stamp } = identify(await start());
		await endProcess({ pid, stamp: `${stamp}0` });
		await endProcess({ pid, stamp: "" });
		await endProcess({ pid, stamp }, "mark-of-another");
		for (const other of [-1, 0, 1]) await endProcess({ pid: other, stamp: "" }, " ");
		expect(kill).not.toHaveBeenCalled();
		expect(isAlive(pid)).toBe(true);
	});
});
