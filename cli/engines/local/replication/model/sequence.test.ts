import { expect, test } from "vitest";
import { initialSequence, Sequence } from "./sequence.ts";

const noon = Date.UTC(2026, 8, 5, 12, 0, 0, 120);

test("changes are numbered on, and their time never falls back", () => {
	const sequence = new Sequence(initialSequence);
	sequence.begin(noon);
	expect([sequence.digits, sequence.nextCounter()]).toEqual([2026090512000012, 1]);
	sequence.begin(noon - 60_000);
	expect([sequence.digits, sequence.nextCounter()]).toEqual([2026090512000012, 2]);
	const later = new Sequence(sequence.state);
	later.begin(noon + 1000);
	expect([later.digits, later.nextCounter()]).toEqual([2026090512000112, 3]);
});

test("a load is later than the files of before and earlier than those to come, also when the clock is set back", () => {
	const before = new Sequence(initialSequence);
	before.nextFile(noon);
	const load = before.nextTime(noon - 86_400_000);
	const after = new Sequence(before.state);
	expect([load, after.nextFile(noon - 86_400_000)]).toEqual([noon + 1, "20260905-120000122.parquet"]);
});

test("names of files grow, also within a millisecond and when the clock is set back", () => {
	const sequence = new Sequence(initialSequence);
	const names = [noon, noon, noon - 5_000, noon + 5].map((now) => sequence.nextFile(now));
	expect(names).toEqual([
		"20260905-120000120.parquet",
		"20260905-120000121.parquet",
		"20260905-120000122.parquet",
		"20260905-120000125.parquet",
	]);
});
