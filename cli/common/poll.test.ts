import { afterEach, describe, expect, it, vi } from "vitest";
import { delayMs, PollTimeout, pause, poll, sleep } from "./poll.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

/** Answers from the given look on. */
function answersAt(look: number, answer: unknown = "here") {
	let looks = 0;
	return vi.fn(async () => {
		looks += 1;
		return looks >= look ? answer : undefined;
	});
}

describe("poll", () => {
	it("looks until there is an answer, which may be any value", async () => {
		const look = answersAt(3, false);
		expect(await poll({ firstMs: 1 }, look)).toBe(false);
		expect(look).toHaveBeenCalledTimes(3);
	});

	it("waits between looks", async () => {
		const start = performance.now();
		await poll({ firstMs: 20, factor: 2 }, answersAt(4));
		// 20, 40 and 80 ms; timers may be a little early.
		expect(performance.now() - start).toBeGreaterThan(135);
	});

	it("passes on what a look throws", async () => {
		const broken = new Error("broken");
		await expect(poll({ firstMs: 1 }, () => Promise.reject(broken))).rejects.toBe(broken);
	});

	it("ends with a named error when the time is up, after one more look", async () => {
		const start = performance.now();
		const looks = vi.fn(async () => undefined);
		await expect(poll({ firstMs: 60_000, timeoutMs: 50 }, looks)).rejects.toThrow(PollTimeout);
		expect(performance.now() - start).toBeLessThan(10_000);
		expect(looks).toHaveBeenCalledTimes(2);
	});

	it("ends with the signal's reason, immediately", async () => {
		const abort = new AbortController();
		const reason = new Error("Ctrl-C");
		const waiting = poll({ firstMs: 60_000, signal: abort.signal }, async () => undefined);
		setTimeout(() => abort.abort(reason), 10);
		await expect(waiting).rejects.toBe(reason);
		const look = answersAt(1);
		await expect(poll({ firstMs: 1, signal: abort.signal }, look)).rejects.toBe(reason);
		expect(look).not.toHaveBeenCalled();
	});
});

describe("delayMs", () => {
	it("grows by the factor up to the most", () => {
		const delays = [1, 2, 3, 4, 100].map((tries) => delayMs({ firstMs: 100, factor: 2, mostMs: 500 }, tries));
		expect(delays).toEqual([100, 200, 400, 500, 500]);
	});

	it("is shortened by a random part", () => {
		const random = vi.spyOn(Math, "random");
		random.mockReturnValue(0);
		expect(delayMs({ firstMs: 100, jitter: 0.5 }, 1)).toBe(100);
		random.mockReturnValue(1);
		expect(delayMs({ firstMs: 100, jitter: 0.5 }, 1)).toBe(50);
		expect(delayMs({ firstMs: 100, jitter: 1 }, 1)).toBe(0);
	});
});

describe("an aborted signal", () => {
	const signal = AbortSignal.abort(new Error("Ctrl-C"));

	it("ends a sleep with its reason", async () => {
		await expect(sleep(60_000, signal)).rejects.toBe(signal.reason);
	});

	it("ends a pause silently", async () => {
		await pause(60_000, signal);
	});
});
