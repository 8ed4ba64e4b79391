import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { logTo } from "../log.ts";
import { outputOf, spawn } from "./childProcess.ts";

let events: Record<string, unknown>[];

beforeEach(() => {
	events = [];
	logTo((line) => events.push(JSON.parse(line)));
});

afterEach(() => {
	logTo(undefined);
});

it("logs a child with its arguments, id, time and exit code", async () => {
	const child = spawn(process.execPath, ["-e", "process.exit(3)", "x", "--password=s3cret"], { stdio: "ignore" });
	await once(child, "close");
	const args = ["-e", "process.exit(3)", "x", "--password=***"];
	expect(events).toMatchObject([{ event: "process", command: process.execPath, args, pid: child.pid, exit: 3 }]);
	expect(events[0]?.ms).toBeGreaterThan(0);
});

it("logs the signal that ended a child", async () => {
	const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
	child.kill("SIGKILL");
	await once(child, "close");
	expect(events).toMatchObject([{ exit: "SIGKILL" }]);
});

it("logs a child that continues in the background when it is left", async () => {
	const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
	child.unref();
	expect(events).toMatchObject([{ pid: child.pid, background: true }]);
	child.kill("SIGKILL");
	await once(child, "close");
});

it("logs what cannot be run", async () => {
	await expect(outputOf("no-such-program", ["x"])).rejects.toThrow("ENOENT");
	expect(events).toMatchObject([{ command: "no-such-program", args: ["x"], error: "ENOENT" }]);
});

it("gives a program's output, and an error with what it said", async () => {
	expect(await outputOf(process.execPath, ["-e", "console.log('out')"])).toMatchObject({ stdout: "out\n" });
	const failed = outputOf(process.execPath, ["-e", "console.error('why'); process.exit(1)"]);
	await expect(failed).rejects.toMatchObject({ stderr: "why\n" });
	expect(events).toMatchObject([{ exit: 0 }, { exit: 1 }]);
});

it("leaves children alone while the log is off", async () => {
	logTo(undefined);
	const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
	await once(child, "close");
	expect(events).toEqual([]);
});

it("what a child writes is its owner's alone, and this process's umask stays", async () => {
	const before = process.umask();
	const child = spawn("sh", ["-c", "umask"], { stdio: ["ignore", "pipe", "ignore"] });
	let said = "";
	child.stdout.on("data", (chunk: Buffer) => {
		said += chunk.toString();
	});
	await new Promise((resolve) => child.once("close", resolve));
	expect(said.trim()).toBe("0077");
	expect(process.umask()).toBe(before);
});
