import type { DashboardData, Part } from "../data.ts";
import { newestChange } from "./activityViews.ts";
import { byId, element } from "./dom.ts";
import { type Filters, inRange } from "./filters.ts";
import { duration, exact, moment, percent, short } from "./format.ts";
import { totals } from "./salesViews.ts";

interface Figure {
	label: string;
	value: string;
	/** The whole number, or what the figure is of. */
	note: string;
}

/** The row of key figures above the charts. */
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
		{
			label: "Customers",
			value: sales === undefined ? none : `${short(sales.customers, "count")}${sales.moreCustomers ? "+" : ""}`,
			note: "",
		},
		{ label: "Clicks", value: clicks === undefined ? none : short(clicks, "count"), note: "" },
		{ label: "Replication lag", value: lag === undefined ? none : duration(lag), note: state ?? "" },
	];
}

/** State, lag and freshness, above the changes of each table. */
export function drawReplication(data: DashboardData): void {
	const place = byId("replication-facts");
	place.hidden = !data.replication.ok;
	if (!data.replication.ok) return;
	const { state, latencySeconds, lastRun, lastError, ...value } = data.replication.value;
	const newest = newestChange(value);
	const facts: [string, string, string][] = [
		["Replication", state, healthy.includes(state) ? "good" : "bad"],
		["Lag", latencySeconds === undefined ? none : duration(latencySeconds), ""],
		["Processed up to", newest === undefined ? none : moment(newest), ""],
		["Last run of the jobs", lastRun === undefined ? none : lastRun.state, lastRun?.state === "failed" ? "bad" : ""],
		...(lastError === undefined ? [] : [["Last error", lastError, "bad"] satisfies [string, string, string]]),
	];
	const list = element("dl");
	for (const [term, text, mood] of facts) {
		const group = element("div");
		group.append(element("dt", term), element("dd", text, mood));
		list.append(group);
	}
	place.replaceChildren(list);
}

const healthy = ["running", "starting"];

const none = "–";

function ready<T, R>(part: Part<T>, compute: (value: T) => R): R | undefined {
	return part.ok ? compute(part.value) : undefined;
}
