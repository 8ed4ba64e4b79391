import { describe, expect, it } from "vitest";
import { rowsOf, shown, shownOf, viewOf } from "../fixtures/charts.ts";
import { figure, scopeText } from "./show.ts";

const sales = rowsOf(
	["month:date", "day:date", "country", "n:decimal(18,2)", "m:decimal(18,2)"],
	[
		["2025-11-01", "2025-11-30", "France", 1.1, 0.4],
		["2025-12-01", "2025-12-31", "USA", 2.2, 0.5],
		["2026-02-01", "2026-02-27", "France", 0.03, 0.01],
		["2026-02-01", "2026-02-28", null, 4, 1],
	],
);
const filters = ["day", "country"];

describe("a chart over time", () => {
	it("shows a month without a row as nothing, not as a gap", () => {
		const view = viewOf({ type: "line", x: "month", filters, labels: { month: "Month" } }, sales);
		expect(view.columns.map(({ title }) => title)).toEqual(["Month", "N"]);
		expect(view.rows).toEqual([
			["Nov 2025", 1.1],
			["Dec 2025", 2.2],
			["Jan 2026", 0],
			["Feb 2026", 4.03],
		]);
		expect(view.partial).toBe(false);
	});

	it("says in a sentence how much there is, and when most", () => {
		const { summary } = viewOf({ type: "line", x: "month", formats: { n: "usd" } }, sales);
		expect(summary).toBe("$7.33 in 4 months. Best month: Feb 2026, $4.03.");
	});

	it("marks a month of which only a part is there, as its days say", () => {
		const table = rowsOf(
			["month", "day", "n"],
			[
				["2026-05", "2026-05-31", 5],
				["2026-06", "2026-06-29", 4],
			],
		);
		const view = viewOf({ type: "column", x: "month", filters: ["day"] }, table);
		expect(view.partial).toBe(true);
		expect(view.summary).toContain("Jun 2026 is not complete: it ends on 29 Jun 2026.");
		expect(viewOf({ type: "column", x: "month", filters: ["day"] }, table, { "day.to": "2026-05-31" }).partial).toBe(
			false,
		);
	});

	it("shows a smallest or largest value where there is one, and no zero where there is none", () => {
		const view = viewOf({ type: "line", x: "month", aggregates: { n: "max" } }, sales);
		expect(view.rows.map((row) => row[1])).toEqual([1.1, 2.2, undefined, 4]);
		expect(view.summary).toBe("Highest: Feb 2026, 4.");
	});

	it("shows hours with the empty ones between, and over many days days", () => {
		const hours = (last: string) =>
			rowsOf(
				["hour", "n"],
				[
					["2026-11-19 23:00:00", 5],
					["2026-11-20 01:00:00", 7],
					[last, 1],
				],
			);
		const labels = { n: "Clicks" };
		const few = viewOf({ type: "column", x: "hour", labels }, hours("2026-11-20 02:00:00"));
		expect(few.columns[0]?.title).toBe("Hour (UTC)");
		expect(few.rows).toEqual([
			["19 Nov 23:00", 5],
			["20 Nov 00:00", 0],
			["20 Nov 01:00", 7],
			["20 Nov 02:00", 1],
		]);
		expect(few.summary).toBe("13 clicks in 4 hours. On average 3 an hour, most at 20 Nov 01:00.");
		const many = viewOf({ type: "column", x: "hour", labels }, hours("2026-11-26 02:00:00"));
		expect(many.columns[0]?.title).toBe("Day (UTC)");
		expect(many.rows).toHaveLength(8);
		expect(many.rows[0]).toEqual(["19 Nov 2026", 5]);
	});

	it("makes lines of the values of a series, the largest first, and one of those beyond seven", () => {
		const names = "abcdefghij".split("");
		const rows = names.map((name, at) => ["2026-01", name, 10 - at]);
		const view = viewOf({ type: "line", x: "month", series: "s" }, rowsOf(["month", "s", "n"], rows));
		expect(view.columns.map(({ title }) => title)).toEqual(["Month", ..."abcdefg".split(""), "Other"]);
		expect(view.rows).toEqual([["Jan 2026", 10, 9, 8, 7, 6, 5, 4, 6]]);
	});
});

describe("a chart of names", () => {
	it("has the largest first, and those without a name", () => {
		const view = viewOf(
			{ x: "country", y: ["n", "m"], formats: { n: "usd", m: "usd" }, labels: { m: "Profit", n: "Revenue" } },
			sales,
		);
		expect(view.rows).toEqual([
			["(none)", 4, 1],
			["USA", 2.2, 0.5],
			["France", 1.13, 0.41],
		]);
		expect(view.summary).toBe(
			"\u2068(none)\u2069 leads with $4, 55% of $7.33. 2 countries. Profit is 26% of all revenue.",
		);
	});

	it("names no shares of a sum in which values cancel each other", () => {
		const rows = rowsOf(
			["country", "n", "m"],
			[
				["USA", 7, 1],
				["France", -5, 3],
				["Italy", 1, -2],
			],
		);
		expect(viewOf({ x: "country", y: ["n", "m"] }, rows).summary).toBe("\u2068USA\u2069 leads with 7. 3 countries.");
		expect(viewOf({ x: "country", top: 1 }, rows).summary).toBe("\u2068USA\u2069 leads with 7.");
	});

	it("shows the largest of many, and never what has no name among them", () => {
		const view = viewOf({ x: "country", top: 1, labels: { n: "Revenue" } }, sales);
		expect(view.rows).toEqual([["USA", 2.2]]);
		expect(view.summary).toBe(
			"The first 1 of 2 countries account for 30% of revenue. \u2068USA\u2069 leads with 2.2, 30% of 7.33. 4 belongs to no country.",
		);
	});

	it("filters by both ends of a range of days, and by a choice; rows without a value go", () => {
		const rows = (chosen: Record<string, string>) => viewOf({ x: "country", filters }, sales, chosen).rows;
		expect(rows({ "day.from": "2025-12-31", "day.to": "2025-12-31" })).toEqual([["USA", 2.2]]);
		expect(rows({ country: "France" })).toEqual([["France", 1.13]]);
		expect(shownOf({ x: "country", filters }, sales, { country: "Peru" })).toEqual({
			nothing: "Nothing matches these filters.",
		});
		expect(viewOf({ x: "country", filters: [] }, sales, { country: "Peru" }).rows).toHaveLength(3);
	});

	it("sorts parts of a whole by the whole", () => {
		const table = rowsOf(
			["t", "n", "m"],
			[
				["a", 3, 0],
				["b", 1, 5],
			],
		);
		expect(viewOf({ type: "stacked_bar", x: "t", y: ["n", "m"] }, table).rows.map((row) => row[0])).toEqual(["b", "a"]);
	});

	it("says why there is nothing", () => {
		expect(shownOf({ x: "country" }, rowsOf(["country", "n"], []))).toEqual({ nothing: "The query found no rows." });
	});
});

describe("a number", () => {
	const of = (fields: object, chosen: Record<string, string> = {}) => {
		const entry = shown({ type: "number", ...fields });
		const data = { charts: [entry], results: { "a.sql": sales } };
		return figure(entry, data, [{ column: "country", label: "Country", kind: "choice", values: [] }], chosen);
	};

	it("is the sum, exact to the cent, and what it is a part of", () => {
		expect(of({ formats: { n: "usd" } })).toMatchObject({ value: "$7.33", note: "", exact: "$7.33" });
		expect(of({ y: ["m", "n"], labels: { n: "Revenue" } })).toMatchObject({ value: "1.91", note: "26% of revenue" });
	});

	it("says by which filters it is not filtered", () => {
		expect(of({}, { country: "USA" }).note).toBe("Not filtered by country.");
		expect(
			scopeText(
				shown({ filters: ["country"] }),
				[{ column: "country", label: "Country", kind: "choice", values: [] }],
				{ country: "USA" },
			),
		).toBe("");
	});

	it("counts different values, at least those that rows name; or is the newest of times", () => {
		expect(of({ y: ["country"], aggregates: { country: "count_distinct" } })).toMatchObject({ value: "2+" });
		expect(of({ y: ["day"], aggregates: { day: "max" } })).toMatchObject({ value: "2026-02-28" });
	});
});

it("shows the rows of a table as the query has them, filtered and not summed", () => {
	const view = viewOf({ type: "table", y: [], filters: ["country"], formats: { n: "usd" } }, sales, {
		country: "France",
	});
	expect(view.columns.map(({ title, kind }) => [title, kind])).toEqual([
		["Month", "text"],
		["Day", "text"],
		["Country", "text"],
		["N", "number"],
		["M", "number"],
	]);
	expect(view.rows.map((row) => row[1])).toEqual(["2025-11-30", "2026-02-27"]);
	expect(view.summary).toBe("2 rows.");
});

describe("what a reader chooses in a chart", () => {
	it("filters by the name of a bar, where names are a filter, and not by what has none", () => {
		const view = viewOf({ x: "country", filters: ["country"] }, sales);
		expect(view.rows.map(([name]) => name)).toEqual(["(none)", "USA", "France"]);
		expect(view.picks).toEqual([undefined, { country: "USA" }, { country: "France" }]);
		expect(viewOf({ x: "country", filters: ["day"] }, sales).picks).toEqual([undefined, undefined, undefined]);
	});

	it("filters by the days of a time", () => {
		const { picks } = viewOf({ type: "line", x: "month", filters: ["day"] }, sales);
		expect(picks?.[0]).toEqual({ "day.from": "2025-11-01", "day.to": "2025-11-30" });
		expect(viewOf({ type: "line", x: "month", filters: [] }, sales).picks?.[0]).toBeUndefined();
	});
});

describe("the row of totals", () => {
	it("adds up by the cent what can be added up", () => {
		const view = viewOf({ x: "country", y: ["n", "m"], aggregates: { m: "average" } }, sales);
		expect(view.total).toEqual(["Total", 7.33, undefined]);
	});

	it("says that rows are left out of it, and is not there where it would be wrong", () => {
		expect(viewOf({ x: "country", top: 1 }, sales).total).toBeUndefined();
		expect(viewOf({ x: "day", top: 2, times: {}, type: "pie" }, sales).total).toEqual(["Total of the 2 shown", 6.2]);
		expect(viewOf({ x: "country", aggregates: { n: "max" } }, sales).total).toBeUndefined();
	});
});
