import { afterEach, expect, it, vi } from "vitest";
import { countInterrupts, onInterrupt } from "./interrupts.ts";

let release = (): void => undefined;
afterEach(() => release());

it("an interrupt that came before anybody listened is not lost, and comes once", () => {
	countInterrupts();
	process.emit("SIGINT");
	process.emit("SIGTERM");
	const listener = vi.fn();
	release = onInterrupt(listener);
	expect(listener).toHaveBeenCalledTimes(2);
	process.emit("SIGINT");
	expect(listener).toHaveBeenCalledTimes(3);
	release();
	const next = vi.fn();
	release = onInterrupt(next);
	expect(next).not.toHaveBeenCalled();
});

it("a terminal that is closed is an interrupt, however often it is reported, and never a second one", () => {
	countInterrupts();
	for (const _ of ["system", "shell"]) process.emit("SIGHUP");
	const listener = vi.fn();
	release = onInterrupt(listener);
	process.emit("SIGHUP");
	expect(listener).toHaveBeenCalledTimes(1);
	process.emit("SIGINT");
	expect(listener).toHaveBeenCalledTimes(2);
	release();
	expect(process.listenerCount("SIGHUP")).toBe(0);
});

it("who listens no more hears nothing", () => {
	const before = process.listenerCount("SIGINT");
	const listener = vi.fn();
	onInterrupt(listener)();
	expect(process.listenerCount("SIGINT")).toBe(before);
	expect(listener).not.toHaveBeenCalled();
});
