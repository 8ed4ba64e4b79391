import fc from "fast-check";
import { expect, test } from "vitest";
import { isSameJson } from "./sameJson.ts";

test.for([
	['{"a": 1, "b": [1e2, null]}', '{"b":[100.0,null],"a":1}', true],
	["12345678901234567890", "12345678901234567891", false],
	["0.10", "0.1", true],
	["-0", "0", true],
	["1", '"1"', false],
	['"1e2"', '"100"', false],
	['{"1": 1}', '{"1.0": 1}', false],
	['"\\u00e9"', '"é"', true],
	["[1, 2]", "[2, 1]", false],
	["null", "", false],
	["{", "{ ", false],
] as const)("%s and %s: %s", ([a, b, isSame]) => {
	expect(isSameJson(a, b)).toBe(isSame);
});

test("what is written with spaces and keys in another order is the same; with one value more it is not", () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			const text = JSON.stringify(value);
			expect(isSameJson(text, JSON.stringify(value, null, 3))).toBe(true);
			expect(isSameJson(text, JSON.stringify([value]))).toBe(false);
		}),
	);
});
