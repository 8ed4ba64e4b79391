import { expect, it } from "vitest";
import { sameRows } from "./sameRows.ts";

it.each([
	[
		"in another order",
		[
			["1", "a"],
			["2", null],
		],
		[
			["2", null],
			["1", "a"],
		],
		true,
	],
	["twice the same", [["1"], ["1"]], [["1"], ["1"]], true],
	["one too few", [["1"]], [["1"], ["1"]], false],
	["one too many", [["1"], ["2"]], [["1"]], false],
	["another value", [["1", "a"]], [["1", "b"]], false],
	["null for its name", [["1", null]], [["1", "null"]], false],
	["values that only look alike when joined", [["1", "2,3"]], [["1,2", "3"]], false],
	["none", [], [], true],
])("rows %s", (_, found, wanted, same) => {
	expect(sameRows(found, wanted)).toBe(same);
});
