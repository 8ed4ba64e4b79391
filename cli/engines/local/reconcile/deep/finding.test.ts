import { describe, expect, it } from "vitest";
import { notMade } from "./finding.ts";

const about = { part: "derived table" as const, name: "sales", fix: "pipeline-cli run-etl" };

describe("a table that was not computed again", () => {
	it("is left over where all jobs did what they do", () => {
		expect(notMade(about, new Map())).toEqual({
			...about,
			state: "different",
			found: ["the jobs no longer create it"],
			examples: [],
		});
	});

	it("is not compared where jobs failed, each of which is named", () => {
		const faults = new Map([
			["star", "star could not recompute it: no memory"],
			["models", "models could not recompute it: no disk"],
		]);
		expect(notMade(about, faults)).toEqual({
			part: "derived table",
			name: "sales",
			state: "not compared",
			found: [...faults.values()],
			examples: [],
		});
	});
});
