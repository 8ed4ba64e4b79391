import { type Chart, charts } from "../../../etl/dashboard.ts";
import type { ClickCube, DepartmentCube, ReplicationView } from "../data.ts";
import { type Filters, inRange } from "./filters.ts";
import { dayName, hourName, plural, short } from "./format.ts";
import { hoursBetween, nextDay, nextHour, steps } from "./times.ts";
import { byFirstValue, largest, type Shown, type Sum, sumOf, view } from "./view.ts";

export function departments(cube: DepartmentCube, filters: Filters): Shown {
	const hours = cube.hours.map((hour) => inRange(hour, filters));
	const sums = new Map<number, number>();
	for (const [hour, department, rows] of cube.cells) {
		if (hours[hour] === true) sums.set(department, (sums.get(department) ?? 0) + rows);
	}
	const rows = [...sums].map(([at, sum]): Sum => [cube.departments[at] ?? "", sum]).sort(byFirstValue);
	if (rows.length === 0) return { nothing: "No clicked products in this period." };
	const best = largest(rows);
	return view(charts.departments, rows, {
		summary: `${best[0]} has the most products: ${short(best[1], "count")} of ${short(sumOf(rows), "count")}, in ${plural(rows.length, "department")}.`,
		drawn: 80,
	});
}

/** More hours than these are shown by day. */
const mostHours = 96;

export function clickRate(cube: ClickCube, filters: Filters): Shown {
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
	return view({ ...charts.clickRate, dimension: { column: unit, label: byDay ? "Day (UTC)" : "Hour (UTC)" } }, rows, {
		summary: `${plural(total, "click")} in ${plural(rows.length, unit)} (UTC).${rate}`,
	});
}

export function replication(value: ReplicationView): Shown {
	const changes = value.tables
		.map(
			(table) => [table.table, table.inserts, table.updates, table.deletes, table.loaded, table.newest ?? ""] as const,
		)
		.sort((a, b) => b[1] + b[2] + b[3] - (a[1] + a[2] + a[3]) || (a[0] < b[0] ? -1 : 1));
	if (changes.length === 0) return { nothing: "No change log is in the catalog yet.", next: "pipeline-cli run-etl" };
	const changed = changes.filter((row) => row[1] + row[2] + row[3] > 0).length;
	const fresh = newestChange(value) === undefined ? " No change since the full load." : "";
	const chart: Chart = charts.replication;
	return {
		view: {
			summary: `${value.text}.${fresh} Changes in ${changed} of ${plural(changes.length, "table")}.`,
			columns: [
				{ title: chart.dimension.label },
				...chart.measures.map((measure) => ({ title: measure.label, unit: measure.unit })),
				{ title: "Full load", unit: "count" },
				{ title: "Newest change" },
			],
			rows: changes,
			drawn: Math.min(changed, chart.top ?? changed),
		},
	};
}

/** Commit time of the newest change that the jobs have processed. */
export function newestChange(value: Pick<ReplicationView, "tables">): string | undefined {
	const times = value.tables.flatMap((table) => table.newest ?? []);
	return times.sort().at(-1);
}
