import { describe, expect } from "vitest";
import { it } from "../../tests/support/fixtures.ts";
import { growth, keep, newest, type Run, ratioOf, readHistory, slower, standings } from "./results.ts";

/** A run of one row, whose peer takes `ratio` times as long as we do. */
function runOf(day: number, ratio: number, busy = false, row = "load"): Run {
	const way = (name: string, seconds: number) => ({ way: name, seconds: [seconds, seconds * 2], memory: {} });
	return {
		at: `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`,
		commit: "0",
		machine: { cores: 2, memoryGb: 8, cpu: "", versions: {}, load: busy ? 9 : 0, busy },
		rows: [
			{
				row,
				unit: "rows",
				// The largest is what counts, wherever it stands.
				sizes: [100, 10].map((size) => ({
					size,
					ours: way("ours", size),
					peers: [way("peer", size * (size === 100 ? ratio : 1))],
				})),
			},
		],
	};
}

describe("the check", () => {
	it("passes down to nine tenths of the mean of the last five, and fails below", () => {
		const history = [0.1, 1, 1, 1, 1, 1].map((ratio, day) => runOf(day + 1, ratio));
		expect(slower(runOf(9, 0.9), history)).toEqual([]);
		expect(slower(runOf(9, 0.89), history)).toEqual(["load: 0.89 of peer; the mean of the last 5 is 1.00"]);
	});

	it("does not count what was measured on a busy machine", () => {
		expect(slower(runOf(9, 0.95), [runOf(1, 1), runOf(2, 100, true)])).toEqual([]);
		expect(slower(runOf(9, 0.5), [runOf(1, 1), runOf(2, 0.1, true)])).toHaveLength(1);
	});

	it("has nothing to say of a row, or of a peer, that is new", () => {
		expect(slower(runOf(9, 0.1), [])).toEqual([]);
		expect(slower(runOf(9, 0.1, false, "new"), [runOf(1, 1)])).toEqual([]);
	});
});

it("stands by the largest size", () => {
	expect(standings(runOf(1, 3))).toEqual([{ row: "load", peer: "peer", ratio: 3 }]);
	expect(growth(runOf(1, 1).rows[0] as Run["rows"][0], "ours")).toBeCloseTo(1, 10);
	expect(growth(runOf(1, 10).rows[0] as Run["rows"][0], "peer")).toBeCloseTo(2, 10);
});

it("compares a peer that took part in fewer rounds with those", () => {
	const way = (seconds: number[]) => ({ way: "", seconds, memory: {} });
	expect(ratioOf({ size: 1, ours: way([2, 1, 1]), peers: [] }, way([8]))).toEqual({ minimum: 4, median: 4 });
	expect(() => ratioOf({ size: 1, ours: way([2]), peers: [] }, way([8, 8]))).toThrow(
		"1 rounds of ours and 2 of the peer",
	);
});

it("keeps runs in files, and reads them in their order", async ({ folder }) => {
	for (const run of [runOf(2, 2), runOf(1, 1, false, "other"), runOf(3, 3)]) await keep(run, folder);
	const history = await readHistory(folder);
	expect(history.map(({ at }) => at.slice(8, 10))).toEqual(["01", "02", "03"]);
	expect(newest(history, ["load", "other", "none"]).map(({ run }) => run.at.slice(8, 10))).toEqual(["03", "01"]);
	expect(await readHistory(`${folder}/none`)).toEqual([]);
});
