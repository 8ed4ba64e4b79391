import type { ChartId } from "../../../etl/dashboard.ts";
import type { DashboardData, Part } from "../data.ts";
import { clickRate, departments, replication } from "./activityViews.ts";
import type { Filters } from "./filters.ts";
import { countries, customers, productLines, revenueByMonth } from "./salesViews.ts";
import type { Shown } from "./view.ts";

/** Computes one chart of the data as the filters leave it. */
export function show(id: ChartId, data: DashboardData, filters: Filters): Shown {
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
