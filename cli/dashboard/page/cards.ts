// Word clouds come from a package that names ECharts 5 as its peer, so that is the version here.
import "echarts-wordcloud";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { type Chart, type ChartId, charts, type FilterName } from "../../../etl/dashboard.ts";
import type { DashboardData } from "../data.ts";
import { byId, element } from "./dom.ts";
import type { Filters } from "./filters.ts";
import { exact, moment } from "./format.ts";
import { chartOption } from "./options.ts";
import { readTheme } from "./theme.ts";
import type { Shown, View } from "./view.ts";
import { show } from "./views.ts";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** The instances there are, each with what it shows. */
const instances = new Map<ChartId, { instance: ECharts; view: View }>();

/** Draws every chart of the data, as the filters leave it. */
export function drawCharts(data: DashboardData, filters: Filters): void {
	for (const [id, chart] of Object.entries(charts) as [ChartId, Chart][]) {
		drawCard(id, chart, show(id, data, filters), filters);
	}
}

function drawCard(id: ChartId, chart: Chart, shown: Shown, filters: Filters): void {
	const scope = scopeText(chart, filters);
	byId(`scope-${id}`).textContent = scope;
	byId(`scope-${id}`).hidden = scope === "";
	const hasView = "view" in shown;
	byId(`chart-${id}`).hidden = !hasView || shown.view.drawn === 0;
	byId(`nothing-${id}`).hidden = hasView;
	const summary = byId(`summary-${id}`);
	if (hasView) {
		summary.textContent = shown.view.summary;
		fillTable(byId(`table-${id}`), shown.view);
		if (shown.view.drawn > 0) drawSoon(id, () => drawChart(id, chart, shown.view));
		else waiting.delete(id);
	} else {
		waiting.delete(id);
		summary.textContent = "";
		byId(`nothing-${id}`).replaceChildren(...nothing(shown));
		byId(`table-${id}`).replaceChildren();
	}
	for (const details of byId(`card-${id}`).getElementsByTagName("details")) details.hidden = !hasView;
}

function drawChart(id: ChartId, chart: Chart, view: View): void {
	const place = byId(`chart-${id}`);
	const { instance } = instances.get(id) ?? addChart(id, chart, place);
	instances.set(id, { instance, view });
	instance.setOption(chartOption(chart, view, readTheme(), place.clientWidth), { notMerge: true });
}

/** Charts that wait for a frame of their own: the first is seen, and keys are heard, while the others are drawn. */
const waiting = new Map<ChartId, () => void>();

function drawSoon(id: ChartId, draw: () => void): void {
	delete byId(`chart-${id}`).dataset.drawn;
	if (waiting.size === 0) requestAnimationFrame(drawNext);
	waiting.set(id, draw);
}

function drawNext(): void {
	for (const [id, draw] of waiting) {
		waiting.delete(id);
		draw();
		break;
	}
	if (waiting.size > 0) requestAnimationFrame(drawNext);
}

function addChart(id: ChartId, chart: Chart, place: HTMLElement): { instance: ECharts } {
	const instance = init(place, null, { renderer: "canvas" });
	instance.on("finished", () => {
		place.dataset.drawn = "true";
		// The next frame begins when this one is on the screen.
		if (performance.getEntriesByName("first-chart").length === 0) {
			requestAnimationFrame(() => performance.mark("first-chart"));
		}
	});
	// A new width changes more than the canvas: labels, ticks and words are chosen by it.
	let width = place.clientWidth;
	new ResizeObserver(() => {
		if (place.clientWidth === 0 || place.clientWidth === width) return;
		width = place.clientWidth;
		instance.resize();
		const shown = instances.get(id);
		if (shown !== undefined) drawSoon(id, () => drawChart(id, chart, shown.view));
	}).observe(place);
	return { instance };
}

/** Which of the reader's filters leave this chart as it is. */
function scopeText(chart: Chart, filters: Filters): string {
	const active: [FilterName, string, boolean][] = [
		["dates", "date", filters.from !== undefined || filters.to !== undefined],
		["country", "country", filters.country !== undefined],
		["productLine", "product line", filters.line !== undefined],
	];
	const ignored = active.filter(([name, , set]) => set && !chart.filters.includes(name)).map(([, label]) => label);
	return ignored.length === 0 ? "" : `Not filtered by ${ignored.join(", ")}.`;
}

function nothing(shown: { nothing: string; next?: string }): HTMLElement[] {
	const words = [element("p", shown.nothing)];
	if (shown.next !== undefined) {
		const next = element("p", "Run ");
		next.append(element("code", shown.next));
		words.push(next);
	}
	return words;
}

function fillTable(table: HTMLElement, view: View): void {
	const head = element("tr");
	for (const column of view.columns) {
		const cell = element("th", column.title, column.unit === undefined ? "" : "number");
		cell.setAttribute("scope", "col");
		head.append(cell);
	}
	const body = view.rows.map((row) => {
		const line = element("tr");
		view.columns.forEach((column, at) => {
			const value = row[at] ?? "";
			const text = typeof value === "number" ? exact(value, column.unit ?? "count") : at === 0 ? value : instant(value);
			const cell = element(at === 0 ? "th" : "td", text, column.unit === undefined ? "" : "number");
			if (at === 0) cell.setAttribute("scope", "row");
			cell.setAttribute("dir", "auto");
			line.append(cell);
		});
		return line;
	});
	const [thead, tbody] = [element("thead"), element("tbody")];
	thead.append(head);
	tbody.append(...body);
	table.replaceChildren(thead, tbody);
}

function instant(iso: string): string {
	return iso === "" ? "none" : moment(iso);
}
