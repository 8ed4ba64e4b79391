import fc from "fast-check";
import { expect, it } from "vitest";
import { followLog, linesAfter } from "./followLog.ts";

it("shows what comes after what was shown, and nothing twice", () => {
	const line = fc.constantFrom("a", "b", "c");
	fc.assert(
		fc.property(fc.array(line, { minLength: 1 }), fc.array(line, { maxLength: 3 }), (old, added) => {
			// Each line has its time, as in a log.
			const stamped = [...old, ...added].map((text, at) => `${at} ${text}`);
			expect(linesAfter(stamped.slice(0, old.length), stamped)).toEqual(stamped.slice(old.length));
		}),
	);
	expect(linesAfter([], ["a"])).toEqual(["a"]);
	expect(linesAfter(["a"], ["x", "y"])).toEqual(["x", "y"]);
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
	const following = followLog(logs, "a", { log: "run 1", lines: ["2"] }, show, { everyMs: 1, signal: abort.signal });
	await expect(following).rejects.toThrow("enough");
	expect(shown).toEqual([["3"], ["1"]]);
});
