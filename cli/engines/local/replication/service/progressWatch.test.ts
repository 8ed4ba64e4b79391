import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProgressWatch } from "./progressWatch.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("what moves is left alone, and what does not is reported once, with what moved last", () => {
	const stalls: string[] = [];
	const watch = new ProgressWatch(60_000, (why) => void stalls.push(why));
	for (let minute = 0; minute < 10; minute += 1) {
		vi.advanceTimersByTime(50_000);
		watch.note(`row ${minute} came`);
	}
	expect(stalls).toEqual([]);
	vi.advanceTimersByTime(300_000);
	expect(stalls).toEqual(["nothing has moved for 60 seconds, since row 9 came"]);
});

test("nothing is reported of what has ended", () => {
	const stalls: string[] = [];
	const watch = new ProgressWatch(60_000, (why) => void stalls.push(why));
	watch.close();
	vi.advanceTimersByTime(300_000);
	expect(stalls).toEqual([]);
});
