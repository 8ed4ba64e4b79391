import { expect, it } from "vitest";
import type { DashboardData, SalesCell } from "../data.ts";
import { readFilters, writeFilters } from "./filters.ts";
import { duration, exact, hourName, percent, short } from "./format.ts";
import { totals } from "./salesViews.ts";
import type { Shown, View } from "./view.ts";
import { show } from "./views.ts";

function dataOf(parts: Partial<DashboardData>): DashboardData {
	const missing = { ok: false, why: "not there", next: "pipeline-cli crawl" } as const;
	return {
		stack: "local",
		database: "analytics_pipeline_local",
		computedAt: "2026-11-20T12:00:00.000Z",
		refreshSeconds: 5,
		sales: missing,
		departments: missing,
		clicks: missing,
		replication: missing,
		...parts,
	};
}

function sales(cells: SalesCell[], customers = ["A", "B", "A"]): Pick<DashboardData, "sales"> {
	const value = {
		days: ["2025-11-30", "2025-12-31", "2026-02-01"],
		countries: ["France", "USA"],
		lines: ["Planes", "Ships"],
		customers,
		customerLimit: 1000,
		cells,
	};
	return { sales: { ok: true, value } };
}

function viewOf(shown: Shown): View {
	if (!("view" in shown)) throw new Error(shown.nothing);
	return shown.view;
}

const cells: SalesCell[] = [
	[0, 0, 0, 0, 100, 40, 1],
	[1, 1, 1, 1, 250, 50, 2],
	[2, 0, 1, 2, 3, 1, 4],
];

it("shows a month without sales as nothing, not as a gap", () => {
	expect(viewOf(show("revenueByMonth", dataOf(sales(cells)), {})).rows).toEqual([
		["Nov 2025", 100],
		["Dec 2025", 250],
		["Jan 2026", 0],
		["Feb 2026", 3],
	]);
});

it("filters by both ends of a date range, country and product line", () => {
	const rows = (filters: object): View["rows"] => viewOf(show("countries", dataOf(sales(cells)), filters)).rows;
	expect(rows({ from: "2025-12-31", to: "2025-12-31" })).toEqual([["USA", 250]]);
	expect(rows({ country: "France" })).toEqual([["France", 103]]);
	expect(rows({ country: "France", line: "Ships" })).toEqual([["France", 3]]);
	expect(show("countries", dataOf(sales(cells)), { country: "Peru" })).toEqual({
		nothing: "No sales with these filters.",
	});
});

it("keeps two customers of one name apart, and says when small ones are not distinguished", () => {
	expect(viewOf(show("customers", dataOf(sales(cells)), {})).rows).toEqual([
		["B", 250],
		["A", 100],
		["A", 3],
	]);
	const rolledUp = viewOf(show("customers", dataOf(sales([...cells, [0, 0, 0, -1, 7, 1, 1]])), {}));
	expect(rolledUp.rows).toHaveLength(3);
	expect(rolledUp.summary).toContain("Only the 1,000 largest customers are distinguished.");
	const value = sales(cells).sales;
	expect(value.ok && totals(value.value, {})).toEqual({
		revenue: 353,
		profit: 91,
		units: 7,
		customers: 3,
		moreCustomers: false,
	});
});

it("shows clicks by hour with empty hours between, over many days by day", () => {
	const few = dataOf({
		clicks: {
			ok: true,
			value: {
				hours: [
					["2026-11-19-23", 5],
					["2026-11-20-01", 7],
				],
			},
		},
	});
	expect(viewOf(show("clickRate", few, {})).rows).toEqual([
		["19 Nov 23:00", 5],
		["20 Nov 00:00", 0],
		["20 Nov 01:00", 7],
	]);
	const many = dataOf({
		clicks: {
			ok: true,
			value: {
				hours: [
					["2026-11-01-00", 5],
					["2026-11-01-05", 2],
					["2026-11-06-01", 7],
				],
			},
		},
	});
	const view = viewOf(show("clickRate", many, {}));
	expect(view.columns[0]?.title).toBe("Day (UTC)");
	expect(view.rows[0]).toEqual(["1 Nov 2026", 7]);
	expect(view.rows).toHaveLength(6);
});

it("tells why a part is missing", () => {
	expect(show("departments", dataOf({}), {})).toEqual({ nothing: "not there", next: "pipeline-cli crawl" });
});

it("keeps filters in the address, and drops what is none", () => {
	const filters = { from: "2025-01-01", country: "Côte d'Ivoire & <b>" };
	expect(readFilters(`#${writeFilters(filters)}`)).toEqual(filters);
	expect(readFilters("#from=yesterday&to=&other=1")).toEqual({});
	expect(writeFilters({})).toBe("");
});

it("formats numbers with their units", () => {
	expect(exact(123456789, "dollars")).toBe("$1,234,567.89");
	expect(short(123456789, "dollars")).toBe("$1.23M");
	expect(short(9999, "count")).toBe("9,999");
	expect(short(96_812, "count")).toBe("96.8K");
	expect(percent(1, 3)).toBe("33%");
	expect(percent(1, 0)).toBe("");
	expect([duration(1.44), duration(90), duration(600), duration(10_000), duration(864_000)]).toEqual([
		"1.4 s",
		"90 s",
		"10 min",
		"3 h",
		"10 days",
	]);
	expect(hourName("2026-11-20-13")).toBe("20 Nov 13:00");
});
