import { describe, expect, it } from "vitest";
import { fieldsOf, rowsOf, shown } from "../fixtures/charts.ts";
import { periodBefore, presetsOf } from "./periods.ts";
import { figure } from "./show.ts";

describe("the period before", () => {
	it.each([
		["2026-03-31", "2026-03-31", "2026-03-30", "2026-03-30", "the previous day"],
		["2026-03-02", "2026-03-31", "2026-01-31", "2026-03-01", "the previous 30 days"],
		["2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28", "the previous month"],
		["2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31", "the previous 3 months"],
		["2024-01-01", "2024-12-31", "2023-01-01", "2023-12-31", "the previous year"],
		["2024-02-01", "2024-02-28", "2024-01-04", "2024-01-31", "the previous 28 days"],
		["2023-01-01", "2024-12-31", "2021-01-01", "2022-12-31", "the previous 2 years"],
	])("%s to %s is %s to %s: %s", (from, to, before, until, name) => {
		expect(periodBefore({ from, to })).toEqual({ from: before, to: until, name });
	});
});

it("periods to choose end with the data, and leave out what holds none or all of them", () => {
	expect(presetsOf({ kind: "dates", values: ["2026-04-20", "2026-05-15"] })).toEqual([
		{ label: "Last 7 days of data", from: "2026-05-09", to: "2026-05-15" },
		{ label: "May 2026", from: "2026-05-01", to: "2026-05-31" },
		{ label: "Apr 2026", from: "2026-04-01", to: "2026-04-30" },
	]);
	expect(presetsOf({ kind: "dates", values: [] })).toEqual([]);
	expect(presetsOf({ kind: "choice", values: ["2026-04-20"] })).toEqual([]);
});

describe("a figure", () => {
	const sales = rowsOf(
		["day:date", "n"],
		[
			["2026-01-05", 80],
			["2026-02-10", 100],
			["2026-03-31", 150],
		],
	);
	const chart = { type: "number", y: ["n"], filters: ["day"], formats: { n: "usd" } } as const;
	const fields = fieldsOf([chart], sales);
	const changeOf = (filters: Record<string, string>): string | undefined =>
		figure(shown(chart), { results: { "a.sql": sales } }, fields, filters).change;

	it("is compared with the period before", () => {
		expect(changeOf({ "day.from": "2026-03-01", "day.to": "2026-03-31" })).toBe("▲ 50% on the previous month: $100");
		expect(changeOf({ "day.from": "2026-02-20" })).toBe("▲ 50% on the previous 40 days: $100");
		expect(changeOf({ "day.from": "2026-03-01", "day.to": "2026-03-30" })).toBe("▼ 100% on the previous 30 days: $100");
	});

	it("is compared with nothing where the data do not go back so far, or the period is not over", () => {
		expect(changeOf({})).toBeUndefined();
		expect(changeOf({ "day.to": "2026-02-28" })).toBeUndefined();
		expect(changeOf({ "day.from": "2026-02-01" })).toBeUndefined();
		expect(changeOf({ "day.from": "2026-03-01", "day.to": "2026-04-30" })).toBeUndefined();
		expect(changeOf({ "day.from": "2026-03-31", "day.to": "2026-03-01" })).toBeUndefined();
	});
});
