import fc from "fast-check";
import { expect, test } from "vitest";
import { type Digested, differingBag, differingBuckets, differingRows, stillDiffering } from "./differences.ts";

const row = (key: string, plain = "p", json = "", rows = 1): Digested => ({ key, plain, json, rows });

test("buckets differ by rows or by sum, also where one side has none; those with the fewest rows come first", () => {
	const source = new Map([
		["a", { rows: 2, sum: "5" }],
		["b", { rows: 9, sum: "5" }],
		["c", { rows: 3, sum: "5" }],
	]);
	const lake = new Map([
		["a", { rows: 2, sum: "5" }],
		["b", { rows: 9, sum: "6" }],
		["d", { rows: 1, sum: "0" }],
	]);
	expect(differingBuckets(source, lake).map(({ bucket }) => bucket)).toEqual(["d", "c", "b"]);
});

test("rows are missing, extra, changed, doubled, or differ by their JSON alone", () => {
	const source = [row("same"), row("gone"), row("other"), row("twice"), row("json", "p", "j"), row("both")];
	const lake = [
		...[row("same"), row("new", "p", "", 2), row("other", "q"), row("twice", "p", "", 3), row("json", "p", "k")],
		...[row("both"), row("both", "q")],
	];
	expect(differingRows(source, lake).map(({ kind, key, rows, isJsonOnly }) => [kind, key, rows, isJsonOnly])).toEqual([
		["missing", "gone", 1, false],
		["changed", "other", 1, false],
		["doubled", "twice", 2, false],
		["changed", "json", 1, true],
		["changed", "both", 1, false],
		["doubled", "both", 1, false],
		["extra", "new", 2, false],
	]);
});

test("bags are equal where both have each row as often", () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom("a", "b", "c")), fc.array(fc.constantFrom("a", "b", "c")), (here, there) => {
			const found = differingBag(
				here.map((key) => row(key)),
				there.map((key) => row(key)),
			);
			const sum = (kind: string): number =>
				found.filter((one) => one.kind === kind).reduce((total, { rows }) => total + rows, 0);
			expect(sum("missing") - sum("extra")).toBe(here.length - there.length);
			expect(found.length === 0).toBe([...here].sort().join() === [...there].sort().join());
		}),
	);
});

test("of rows that differed those that stay count, those that moved are looked at again, and new ones are in flight", () => {
	const before = differingRows(
		[row("stays"), row("moves"), row("came"), row("went")],
		[row("stays", "q"), row("gone")],
	);
	const now = differingRows([row("stays"), row("moves", "r"), row("fresh")], [row("stays", "z"), row("went", "y")]);
	const { stay, moved } = stillDiffering(before, now);
	expect(stay.map(({ kind, key }) => [kind, key])).toEqual([["changed", "stays"]]);
	expect(moved.map(({ kind, key }) => [kind, key])).toEqual([
		["missing", "moves"],
		["extra", "went"],
	]);
});
