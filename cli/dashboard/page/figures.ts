import type { DashboardData } from "../data.ts";
import { byId, element } from "./dom.ts";
import type { FilterField, Filters } from "./filters.ts";
import { figure } from "./model/show.ts";
import type { Figure } from "./model/view.ts";

/** The row of numbers above the charts. */
export function drawFigures(data: DashboardData, fields: readonly FilterField[], filters: Filters): void {
	const found = figures(data, fields, filters);
	const place = byId("figures");
	place.hidden = found.length === 0;
	place.replaceChildren(
		...found.map(({ label, value, note, change }) => {
			const box = element("div", "", "figure");
			box.append(element("span", label, "label"), element("strong", value), element("span", note, "note"));
			if (change !== undefined) box.append(element("span", change, "note"));
			return box;
		}),
	);
}

export function figures(data: DashboardData, fields: readonly FilterField[], filters: Filters): Figure[] {
	return data.charts
		.filter(({ chart }) => chart.type === "number")
		.map((chart) => figure(chart, data, fields, filters));
}
