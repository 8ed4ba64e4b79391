import { describe, expect, it } from "vitest";
import type { Schedule } from "../../../etl/contract/pipeline/pipeline.ts";
import { type Clock, repeat } from "./repeat.ts";

const start = new Date("2026-11-28T10:00:00Z");

/** A clock that passes only when somebody waits. */
class FakeClock implements Clock {
	time = start.getTime();
	/** Called after each piece of waiting. */
	onPass: (clock: FakeClock) => void = () => undefined;
	now(): Date {
		return new Date(this.time);
	}
	async pass(milliseconds: number, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		this.time += milliseconds;
		this.onPass(this);
	}
}

/** Runs of a schedule, as seconds after the start. `work` is what a run does with the clock; after `count` runs it ends. */
async function play(
	count: number,
	options: {
		schedule?: () => Schedule;
		waits?: boolean;
		work?: (clock: FakeClock, run: number) => void;
		onPass?: (clock: FakeClock) => void;
	} = {},
): Promise<{ began: number[]; next: (number | undefined)[] }> {
	const { schedule = () => ({ everySeconds: 60 }), waits = false, work } = options;
	const clock = new FakeClock();
	clock.onPass = options.onPass ?? clock.onPass;
	const abort = new AbortController();
	const began: number[] = [];
	const next: (number | undefined)[] = [];
	const since = (time: number): number => (time - start.getTime()) / 1000;
	const repeating = repeat(
		{
			schedule: async () => schedule(),
			waits,
			run: async () => {
				began.push(since(clock.time));
				work?.(clock, began.length);
				if (began.length === count) abort.abort(new Error("enough"));
			},
			onNext: async (at) => {
				next.push(at === undefined ? undefined : since(at.getTime()));
			},
		},
		abort.signal,
		clock,
	);
	await expect(repeating).rejects.toThrow("enough");
	return { began, next };
}

describe("runs by a schedule", () => {
	it("begin immediately, then at the same distance however long each took", async () => {
		const { began, next } = await play(4, {
			work: (clock) => {
				clock.time += 7_000;
			},
		});
		expect(began).toEqual([0, 60, 120, 180]);
		// While a run goes, none is announced.
		expect(next).toEqual([0, undefined, 60, undefined, 120, undefined, 180, undefined]);
	});

	it("leave out the times that come while one takes longer", async () => {
		const long = await play(3, {
			work: (clock, run) => {
				if (run === 1) clock.time += 150_000;
			},
		});
		expect(long.began).toEqual([0, 180, 240]);
	});

	it("do not make up for a night in which the machine slept", async () => {
		const night = 8 * 3600_000;
		const slept = await play(3, {
			work: (clock, run) => {
				if (run === 1) clock.time += night + 1_000;
			},
		});
		expect(slept.began).toEqual([0, 28_860, 28_920]);
	});

	it("wait for their time of day where they should", async () => {
		const cron = { cron: "30 10 * * *", timezone: "UTC" };
		expect((await play(2, { schedule: () => cron, waits: true })).began).toEqual([1800, 1800 + 86_400]);
	});

	it("take a new schedule while they wait", async () => {
		let asked = 0;
		const { began } = await play(2, {
			waits: true,
			schedule: () => {
				asked += 1;
				return { everySeconds: asked < 5 ? 3600 : 60 };
			},
		});
		expect(began).toEqual([60, 120]);
	});

	it("do not wait for hours where the clock was set back during one", async () => {
		const { began } = await play(2, {
			work: (clock, run) => {
				if (run === 1) clock.time -= 3 * 3600_000;
			},
		});
		expect(began[1]).toBe(-3 * 3600 + 60);
	});

	it("do not wait for hours where the clock was set back between two", async () => {
		let isBack = false;
		const { began, next } = await play(2, {
			onPass: (clock) => {
				if (isBack) return;
				isBack = true;
				clock.time -= 3 * 3600_000;
			},
		});
		expect(began).toEqual([0, -3 * 3600 + 60]);
		expect(next).toEqual([0, undefined, 60, -3 * 3600 + 60, undefined]);
	});
});
