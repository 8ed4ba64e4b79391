import { expect, it } from "vitest";
import { filterFault, filterFields, readFilters, writeFilters } from "./filters.ts";
import { fieldsOf, rowsOf, shown } from "./fixtures/charts.ts";

const table = rowsOf(
	["day:date", "country", "size:int", "n"],
	[
		["2026-01-02", "France", 10, 1],
		["2026-03-04", "USA", 9, 1],
		[null, null, null, 1],
	],
);

it("are the columns that charts declare, once each: days a range, others a choice of what there is", () => {
	expect(
		fieldsOf([{ filters: ["day", "country"], labels: { day: "Date" } }, { filters: ["country", "size"] }], table),
	).toEqual([
		{ column: "day", label: "Date", kind: "dates", values: ["2026-01-02", "2026-03-04"] },
		{ column: "country", label: "Country", kind: "choice", values: ["France", "USA"] },
		{ column: "size", label: "Size", kind: "choice", values: ["9", "10"] },
	]);
});

it("share one choice of the values of all queries", () => {
	const charts = [shown({ filters: ["country"] }), shown({ filters: ["country"], query: "b.sql" })];
	const results = { "a.sql": table, "b.sql": rowsOf(["country", "n"], [["Chad", 1]]) };
	expect(filterFields({ charts, results })[0]?.values).toEqual(["Chad", "France", "USA"]);
});

const fields = fieldsOf([{ filters: ["day", "country"], labels: { day: "Date" } }], table);

it("are kept in the address, and what is none is dropped", () => {
	const filters = { "day.from": "2025-01-01", country: "Côte d'Ivoire & <b>" };
	expect(readFilters(`#${writeFilters(filters)}`, fields)).toEqual(filters);
	expect(readFilters("#day.from=yesterday&day.to=&other=1", fields)).toEqual({});
	expect(writeFilters({})).toBe("");
});

it("say that a range is the wrong way round", () => {
	expect(filterFault(fields, { "day.from": "2026-05-01", "day.to": "2026-02-01" })).toBe(
		"Date: the filter has no effect, because From is after To.",
	);
	expect(filterFault(fields, { "day.from": "2026-02-01", "day.to": "2026-02-01" })).toBe("");
});
