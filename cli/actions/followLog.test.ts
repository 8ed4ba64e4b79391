import fc from "fast-check";
import { expect, it } from "vitest";
import { followLog, linesAfter } from "./followLog.ts";

const lines = (maxLength: number) => fc.array(fc.constantFrom("a", "b", "ab", ""), { maxLength });

it("shows what comes after what was shown, and nothing twice, also where lines repeat", () => {
	fc.assert(
		fc.property(lines(8), lines(3), (old, added) => {
			expect(linesAfter(old, [...old, ...added])).toEqual(added);
		}),
	);
});

it("shows nothing that was shown where a window has no room for all of it", () => {
	fc.assert(
		fc.property(lines(8), lines(3), fc.integer({ min: 3, max: 9 }), (old, added, room) => {
			const shown = linesAfter(old.slice(-room), [...old, ...added].slice(-room));
			expect(added.slice(added.length - shown.length)).toEqual(shown);
		}),
	);
	expect(linesAfter(["1", "2", "3"], ["2", "3", "4"])).toEqual(["4"]);
	expect(linesAfter(["1", "2", "3", "4"], ["3", "4", "5"])).toEqual(["5"]);
	expect(linesAfter(["1", "2"], ["5", "6"])).toEqual(["5", "6"]);
});

it("shows a line that was half written again when it is whole", () => {
	fc.assert(
		fc.property(lines(8), fc.constantFrom("c", "cc"), lines(3), (old, half, added) => {
			const whole = [`${half}d`, ...added];
			expect(linesAfter([...old, half], [...old, ...whole])).toEqual(whole);
		}),
	);
});

it("follows a log, and the next run's from its beginning, until it is stopped", async () => {
	const abort = new AbortController();
	const reads = [
		{ log: "run 1", lines: ["1", "2"] },
		{ log: "run 1", lines: ["1", "2", "3"] },
		{ log: "run 2", lines: ["1"] },
	];
	const shown: (readonly string[])[] = [];
	const logs = {
		parts: ["a"],
		read: async () => {
			const next = reads.shift();
			if (reads.length === 0) abort.abort(new Error("enough"));
			return next ?? { log: "", lines: [] };
		},
	};
	const show = async (lines: readonly string[]): Promise<void> => void shown.push(lines);
	const following = followLog(logs, "a", { log: "run 1", lines: ["1", "2"] }, show, {
		everyMs: 1,
		signal: abort.signal,
	});
	await expect(following).rejects.toThrow("enough");
	expect(shown).toEqual([["3"], ["1"]]);
});
