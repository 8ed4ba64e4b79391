import { charts } from "../../../etl/dashboard.ts";
import type { SalesCube } from "../data.ts";
import { type Filters, inRange } from "./filters.ts";
import { monthName, percent, plural, short } from "./format.ts";
import { nextMonth, steps } from "./times.ts";
import { byFirstValue, largest, type Shown, type Sum, sumOf, view } from "./view.ts";

export interface Totals {
	revenue: number;
	profit: number;
	units: number;
	/** Customers that are distinguished. */
	customers: number;
	/** Whether there are more than those. */
	moreCustomers: boolean;
}

/** Key figures of the sales that the filters leave. */
export function totals(cube: SalesCube, filters: Filters): Totals {
	const sum: Totals = { revenue: 0, profit: 0, units: 0, customers: 0, moreCustomers: false };
	const seen = new Set<number>();
	for (const cell of matching(cube, filters)) {
		sum.revenue += cell[4];
		sum.profit += cell[5];
		sum.units += cell[6];
		if (cell[3] >= 0) seen.add(cell[3]);
		else sum.moreCustomers = true;
	}
	return { ...sum, customers: seen.size };
}

function* matching(cube: SalesCube, filters: Filters): Iterable<SalesCube["cells"][number]> {
	const days = cube.days.map((day) => inRange(day, filters));
	const country = filters.country === undefined ? undefined : cube.countries.indexOf(filters.country);
	const line = filters.line === undefined ? undefined : cube.lines.indexOf(filters.line);
	for (const cell of cube.cells) {
		if (days[cell[0]] !== true) continue;
		if (country !== undefined && cell[1] !== country) continue;
		if (line !== undefined && cell[2] !== line) continue;
		yield cell;
	}
}

/** Revenue and profit by a label, largest revenue first. */
function sumBy(
	cube: SalesCube,
	filters: Filters,
	key: (cell: SalesCube["cells"][number]) => number,
	label: (key: number) => string,
): Sum[] {
	const sums = new Map<number, Sum>();
	for (const cell of matching(cube, filters)) {
		const at = key(cell);
		const sum = sums.get(at) ?? [label(at), 0, 0];
		sum[1] = (sum[1] ?? 0) + cell[4];
		sum[2] = (sum[2] ?? 0) + cell[5];
		sums.set(at, sum);
	}
	return [...sums.values()].sort(byFirstValue);
}

export function revenueByMonth(cube: SalesCube, filters: Filters): Shown {
	const months = new Map<string, number>();
	for (const cell of matching(cube, filters)) {
		const month = (cube.days[cell[0]] ?? "").slice(0, 7);
		months.set(month, (months.get(month) ?? 0) + cell[4]);
	}
	const present = [...months.keys()].sort();
	const [first, last] = [present[0], present.at(-1)];
	if (first === undefined || last === undefined) return noSales;
	const rows = steps(first, last, nextMonth).map((month): Sum => [monthName(month), months.get(month) ?? 0]);
	const best = largest(rows);
	const total = sumOf(rows);
	return view(charts.revenueByMonth, rows, {
		summary: `${short(total, "dollars")} in ${plural(rows.length, "month")}. Best month: ${best[0]}, ${short(best[1], "dollars")}.`,
	});
}

export function productLines(cube: SalesCube, filters: Filters): Shown {
	const rows = sumBy(
		cube,
		filters,
		(cell) => cell[2],
		(line) => cube.lines[line] ?? "",
	);
	if (rows.length === 0) return noSales;
	const best = largest(rows);
	const profit = rows.reduce((sum, row) => sum + (row[2] ?? 0), 0);
	return view(charts.productLines, rows, {
		summary: `${leader(best, rows)} Profit is ${percent(profit, sumOf(rows))} of all revenue.`,
	});
}

export function countries(cube: SalesCube, filters: Filters): Shown {
	const rows = sumBy(
		cube,
		filters,
		(cell) => cell[1],
		(country) => cube.countries[country] ?? "",
	).map((row): Sum => [row[0], row[1] ?? 0]);
	if (rows.length === 0) return noSales;
	return view(charts.countries, rows, {
		summary:
			rows.length === 1
				? leader(largest(rows), rows)
				: `${leader(largest(rows), rows)} Sales in ${rows.length} countries.`,
		drawn: 24,
	});
}

export function customers(cube: SalesCube, filters: Filters): Shown {
	const other = "";
	const all = sumBy(
		cube,
		filters,
		(cell) => cell[3],
		(customer) => (customer < 0 ? other : (cube.customers[customer] ?? "")),
	);
	if (all.length === 0) return noSales;
	const named = all.filter((row) => row[0] !== other || all.length === 1).map((row): Sum => [row[0], row[1] ?? 0]);
	const rows = named.slice(0, charts.customers.top);
	const limit =
		named.length < all.length ? ` Only the ${plural(cube.customerLimit, "largest customer")} are distinguished.` : "";
	const share =
		rows.length < named.length
			? `The first ${rows.length} of ${plural(named.length, "customer")} bring ${percent(sumOf(rows), sumOf(all))} of revenue.`
			: `${plural(named.length, "customer")}, ${short(sumOf(all), "dollars")}.`;
	return view(charts.customers, rows, {
		summary: `${share}${limit}`,
	});
}

function leader(best: readonly [string, number], rows: Sum[]): string {
	if (rows.length === 1) return `${best[0]}: ${short(best[1], "dollars")}.`;
	return `${best[0]} leads with ${short(best[1], "dollars")}, ${percent(best[1], sumOf(rows))} of ${short(sumOf(rows), "dollars")}.`;
}

const noSales: Shown = { nothing: "No sales with these filters." };
