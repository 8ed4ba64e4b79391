import { type Picture, type PictureId, pictures, type Unit } from "../../../etl/dashboard.ts";
import type { ClickCube, DashboardData, DepartmentCube, Part, ReplicationView, SalesCube } from "../data.ts";
import { type Filters, inRange } from "./filters.ts";
import { dayName, hourName, monthName, percent, plural, short } from "./format.ts";

/** What a picture shows, before it is drawn: the chart and the table beside it are made of the same rows. */
export interface View {
	/** The picture in a sentence. */
	summary: string;
	columns: readonly ViewColumn[];
	/** Label, one number a measure (dollars in cents), then what only the table shows. */
	rows: readonly (readonly (string | number)[])[];
	/** How many of the rows the chart draws; the table has them all. */
	drawn: number;
}

export interface ViewColumn {
	title: string;
	/** Of numbers; absent for text. */
	unit?: Unit;
}

export type Shown = { view: View } | { nothing: string; next?: string };

type Sum = [label: string, ...values: number[]];

/** Computes one picture of the data as the filters leave it. */
export function show(id: PictureId, data: DashboardData, filters: Filters): Shown {
	switch (id) {
		case "revenueByMonth":
			return of(data.sales, (cube) => revenueByMonth(cube, filters));
		case "productLines":
			return of(data.sales, (cube) => productLines(cube, filters));
		case "countries":
			return of(data.sales, (cube) => countries(cube, filters));
		case "customers":
			return of(data.sales, (cube) => customers(cube, filters));
		case "departments":
			return of(data.departments, (cube) => departments(cube, filters));
		case "clickRate":
			return of(data.clicks, (cube) => clickRate(cube, filters));
		case "replication":
			return of(data.replication, replication);
	}
}

function of<T>(part: Part<T>, compute: (value: T) => Shown): Shown {
	if (part.ok) return compute(part.value);
	return { nothing: part.why, ...(part.next !== undefined && { next: part.next }) };
}

export interface Totals {
	revenue: number;
	profit: number;
	units: number;
	/** Customers that are told apart. */
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

function revenueByMonth(cube: SalesCube, filters: Filters): Shown {
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
	return view(pictures.revenueByMonth, rows, {
		summary: `${short(total, "dollars")} in ${plural(rows.length, "month")}. Best month: ${best[0]}, ${short(best[1], "dollars")}.`,
	});
}

function productLines(cube: SalesCube, filters: Filters): Shown {
	const rows = sumBy(
		cube,
		filters,
		(cell) => cell[2],
		(line) => cube.lines[line] ?? "",
	);
	if (rows.length === 0) return noSales;
	const best = largest(rows);
	const profit = rows.reduce((sum, row) => sum + (row[2] ?? 0), 0);
	return view(pictures.productLines, rows, {
		summary: `${leader(best, rows)} Profit is ${percent(profit, sumOf(rows))} of all revenue.`,
	});
}

function countries(cube: SalesCube, filters: Filters): Shown {
	const rows = sumBy(
		cube,
		filters,
		(cell) => cell[1],
		(country) => cube.countries[country] ?? "",
	).map((row): Sum => [row[0], row[1] ?? 0]);
	if (rows.length === 0) return noSales;
	return view(pictures.countries, rows, {
		summary:
			rows.length === 1
				? leader(largest(rows), rows)
				: `${leader(largest(rows), rows)} Sales in ${rows.length} countries.`,
		drawn: 24,
	});
}

function customers(cube: SalesCube, filters: Filters): Shown {
	const other = "";
	const all = sumBy(
		cube,
		filters,
		(cell) => cell[3],
		(customer) => (customer < 0 ? other : (cube.customers[customer] ?? "")),
	);
	if (all.length === 0) return noSales;
	const named = all.filter((row) => row[0] !== other || all.length === 1).map((row): Sum => [row[0], row[1] ?? 0]);
	const rows = named.slice(0, pictures.customers.top);
	const limit =
		named.length < all.length ? ` Only the ${plural(cube.customerLimit, "largest customer")} are told apart.` : "";
	const share =
		rows.length < named.length
			? `The first ${rows.length} of ${plural(named.length, "customer")} bring ${percent(sumOf(rows), sumOf(all))} of revenue.`
			: `${plural(named.length, "customer")}, ${short(sumOf(all), "dollars")}.`;
	return view(pictures.customers, rows, {
		summary: `${share}${limit}`,
	});
}

function departments(cube: DepartmentCube, filters: Filters): Shown {
	const hours = cube.hours.map((hour) => inRange(hour, filters));
	const sums = new Map<number, number>();
	for (const [hour, department, rows] of cube.cells) {
		if (hours[hour] === true) sums.set(department, (sums.get(department) ?? 0) + rows);
	}
	const rows = [...sums].map(([at, sum]): Sum => [cube.departments[at] ?? "", sum]).sort(byFirstValue);
	if (rows.length === 0) return { nothing: "No clicked products in this period." };
	const best = largest(rows);
	return view(pictures.departments, rows, {
		summary: `${best[0]} has the most products: ${short(best[1], "count")} of ${short(sumOf(rows), "count")}, in ${plural(rows.length, "department")}.`,
		drawn: 80,
	});
}

/** More hours than these are shown by day. */
const mostHours = 96;

function clickRate(cube: ClickCube, filters: Filters): Shown {
	const found = new Map(cube.hours.filter(([hour]) => inRange(hour, filters)));
	const present = [...found.keys()].sort();
	const [first, last] = [present[0], present.at(-1)];
	if (first === undefined || last === undefined) return { nothing: "No clicks in this period." };
	const hours = hoursBetween(first, last);
	const byDay = hours > mostHours;
	if (byDay) {
		for (const [hour, clicks] of [...found]) {
			found.delete(hour);
			found.set(hour.slice(0, 10), (found.get(hour.slice(0, 10)) ?? 0) + clicks);
		}
	}
	const times = byDay ? steps(first.slice(0, 10), last.slice(0, 10), nextDay) : steps(first, last, nextHour);
	const rows = times.map((time): Sum => [byDay ? dayName(time) : hourName(time), found.get(time) ?? 0]);
	const best = largest(rows);
	const total = sumOf(rows);
	const unit = byDay ? "day" : "hour";
	const average = `${short(Math.round(total / rows.length), "count")} ${byDay ? "a day" : "an hour"}`;
	const rate = rows.length === 1 ? "" : ` On average ${average}, most at ${best[0]}.`;
	return view({ ...pictures.clickRate, dimension: { column: unit, label: byDay ? "Day (UTC)" : "Hour (UTC)" } }, rows, {
		summary: `${plural(total, "click")} in ${plural(rows.length, unit)} (UTC).${rate}`,
	});
}

function replication(value: ReplicationView): Shown {
	const changes = value.tables
		.map(
			(table) => [table.table, table.inserts, table.updates, table.deletes, table.loaded, table.newest ?? ""] as const,
		)
		.sort((a, b) => b[1] + b[2] + b[3] - (a[1] + a[2] + a[3]) || (a[0] < b[0] ? -1 : 1));
	if (changes.length === 0) return { nothing: "No change log is in the catalog yet.", next: "pipeline-cli run-etl" };
	const changed = changes.filter((row) => row[1] + row[2] + row[3] > 0).length;
	const fresh = newestChange(value) === undefined ? " No change since the full load." : "";
	const picture: Picture = pictures.replication;
	return {
		view: {
			summary: `${value.text}.${fresh} Changes in ${changed} of ${plural(changes.length, "table")}.`,
			columns: [
				{ title: picture.dimension.label },
				...picture.measures.map((measure) => ({ title: measure.label, unit: measure.unit })),
				{ title: "Full load", unit: "count" },
				{ title: "Newest change" },
			],
			rows: changes,
			drawn: Math.min(changed, picture.top ?? changed),
		},
	};
}

/** Commit time of the newest change that the jobs have processed. */
export function newestChange(value: Pick<ReplicationView, "tables">): string | undefined {
	const times = value.tables.flatMap((table) => table.newest ?? []);
	return times.sort().at(-1);
}

const noSales: Shown = { nothing: "No sales with these filters." };

function view(
	picture: Picture,
	rows: Sum[],
	{ summary, drawn = rows.length }: { summary: string; drawn?: number },
): Shown {
	const rest = drawn < rows.length ? ` The first ${drawn} are drawn.` : "";
	return {
		view: {
			summary: `${summary}${rest}`,
			columns: [
				{ title: picture.dimension.label },
				...picture.measures.map((measure) => ({ title: measure.label, unit: measure.unit })),
			],
			rows,
			drawn: Math.min(drawn, rows.length),
		},
	};
}

function leader(best: readonly [string, number], rows: Sum[]): string {
	if (rows.length === 1) return `${best[0]}: ${short(best[1], "dollars")}.`;
	return `${best[0]} leads with ${short(best[1], "dollars")}, ${percent(best[1], sumOf(rows))} of ${short(sumOf(rows), "dollars")}.`;
}

/** A name within a sentence, whose direction of writing must not change that of the words around it. */
function isolated(name: string): string {
	return `\u2068${name}\u2069`;
}

/** The name, for a sentence, and the number of the largest row. */
function largest(rows: Sum[]): [string, number] {
	const best = rows.reduce((a, b) => ((b[1] ?? 0) > (a[1] ?? 0) ? b : a));
	return [isolated(best[0]), best[1] ?? 0];
}

function sumOf(rows: Sum[]): number {
	return rows.reduce((sum, row) => sum + (row[1] ?? 0), 0);
}

function byFirstValue(a: Sum, b: Sum): number {
	return (b[1] ?? 0) - (a[1] ?? 0) || (a[0] < b[0] ? -1 : 1);
}

/** All times from the first to the last: a month or an hour without any row is shown as nothing. */
function steps(first: string, last: string, next: (time: string) => string): string[] {
	const all: string[] = [];
	for (let time = first; time <= last; time = next(time)) all.push(time);
	return all;
}

function nextMonth(month: string): string {
	const [year = 0, number = 0] = month.split("-").map(Number);
	return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

function nextDay(day: string): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function nextHour(hour: string): string {
	return new Date(hourTime(hour) + 3_600_000).toISOString().slice(0, 13).replace("T", "-");
}

function hoursBetween(first: string, last: string): number {
	return (hourTime(last) - hourTime(first)) / 3_600_000 + 1;
}

function hourTime(hour: string): number {
	return Date.parse(`${hour.slice(0, 10)}T${hour.slice(11)}:00:00Z`);
}
