import { expect, it } from "vitest";
import { divideRange, rangesOverlap } from "./subnets.ts";

it.each([
	["10.40.0.0/16", 3, ["10.40.0.0/18", "10.40.64.0/18", "10.40.128.0/18"]],
	["10.0.0.0/24", 3, ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26"]],
	["200.1.2.0/24", 2, ["200.1.2.0/25", "200.1.2.128/25"]],
	["10.0.0.0/24", 1, ["10.0.0.0/24"]],
])("%s divides into %i", (range, parts, expected) => {
	expect(divideRange(range, parts)).toEqual(expected);
});

it.each([
	["10.0.0/16", "not an IPv4 range"],
	["10.0.0.256/24", "not an IPv4 range"],
	["10.0.0.0/33", "not an IPv4 range"],
	["10.0.1.0/16", "does not start at its network address"],
	["10.0.0.0/27", "too small for 3"],
])("%s is refused", (range, reason) => {
	expect(() => divideRange(range, 3)).toThrow(reason);
});

it("ranges overlap where one has an address of the other", () => {
	expect(rangesOverlap("10.0.0.0/16", "10.0.255.0/24")).toBe(true);
	expect(rangesOverlap("10.0.255.0/24", "10.0.0.0/16")).toBe(true);
	expect(rangesOverlap("10.0.0.0/24", "10.0.1.0/24")).toBe(false);
	expect(rangesOverlap("192.168.0.0/16", "192.168.0.0/24")).toBe(true);
});
