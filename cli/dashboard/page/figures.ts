import type { DashboardData, Part } from "../data.ts";
import { byId, element } from "./dom.ts";
import { type Filters, inRange } from "./filters.ts";
import { duration, exact, percent, short } from "./format.ts";
import { totals } from "./views.ts";

interface Figure {
	label: string;
	value: string;
	/** The whole number, or what the figure is of. */
	note: string;
}

/** The row of key figures above the pictures. */
export function drawFigures(data: DashboardData, filters: Filters): void {
	byId("figures").replaceChildren(
		...figures(data, filters).map(({ label, value, note }) => {
			const figure = element("div", "", "figure");
			figure.append(element("span", label, "label"), element("strong", value), element("span", note, "note"));
			return figure;
		}),
	);
}

function figures(data: DashboardData, filters: Filters): Figure[] {
	const sales = ready(data.sales, (cube) => totals(cube, filters));
	const clicks = ready(data.clicks, ({ hours }) =>
		hours.reduce((sum, [hour, count]) => (inRange(hour, filters) ? sum + count : sum), 0),
	);
	const lag = ready(data.replication, (value) => value.latencySeconds);
	const state = ready(data.replication, (value) => value.state);
	return [
		{
			label: "Revenue",
			value: sales === undefined ? none : short(sales.revenue, "dollars"),
			note: sales === undefined ? "" : exact(sales.revenue, "dollars"),
		},
		{
			label: "Profit",
			value: sales === undefined ? none : short(sales.profit, "dollars"),
			note: sales === undefined || sales.revenue === 0 ? "" : `${percent(sales.profit, sales.revenue)} of revenue`,
		},
		{ label: "Units sold", value: sales === undefined ? none : short(sales.units, "count"), note: "" },
		{ label: "Customers", value: sales === undefined ? none : short(sales.customers, "count"), note: "" },
		{ label: "Clicks", value: clicks === undefined ? none : short(clicks, "count"), note: "" },
		{ label: "Replication lag", value: lag === undefined ? none : duration(lag), note: state ?? "" },
	];
}

const none = "–";

function ready<T, R>(part: Part<T>, compute: (value: T) => R): R | undefined {
	return part.ok ? compute(part.value) : undefined;
}
