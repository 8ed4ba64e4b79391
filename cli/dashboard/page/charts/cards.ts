import type { ChartType } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { DashboardData, ShownChart } from "../../data.ts";
import { byId, element } from "../dom.ts";
import type { FilterField, Filters } from "../filters.ts";
import { scopeText, show } from "../model/show.ts";
import type { Shown, View } from "../model/view.ts";
import { drawNoMore, drawSoon } from "./canvas.ts";
import { type CardParts, newCard } from "./card.ts";
import { csvOf } from "./csv.ts";
import { fillTable } from "./dataTable.ts";
import { layoutRows } from "./layout.ts";
import { naturalHeight } from "./options.ts";

/** The cards that there are, by the chart's id, with what each shows now. */
const cards = new Map<string, { parts: CardParts; of: string; view?: View | undefined }>();

/** Draws every chart of the data, as the filters leave it. */
export function drawCharts(data: DashboardData, fields: readonly FilterField[], filters: Filters): void {
	const charts = data.charts.filter(({ chart }) => chart.type !== "number");
	const shown = charts.map((chart) => show(chart, data, fields, filters));
	placeCards(charts);
	const heights = shown.map((one, at) =>
		"view" in one ? naturalHeight(charts[at]?.chart.type ?? "bar", one.view) : 0,
	);
	for (const row of layoutRows(charts.map(({ chart }) => chart.type))) {
		// Charts side by side are of one height.
		const highest = Math.max(...row.map(({ chart }) => heights[chart] ?? 0));
		for (const { chart, span } of row) {
			const [entry, what] = [charts[chart], shown[chart]];
			if (entry === undefined || what === undefined) continue;
			const height = stacked.matches ? (heights[chart] ?? 0) : highest;
			const parts = fillCard(entry.id, entry.chart.type, what, scopeText(entry, fields, filters), height);
			if (parts !== undefined) parts.card.className = `card span-${span}`;
		}
	}
}

/** Whether cards are below each other, as the style sheet has it. */
export const stacked = matchMedia("(max-width: 1040px)");

/** The page's cards are those of the charts, in their order; one whose chart has changed is a new one. */
function placeCards(charts: readonly ShownChart[]): void {
	const place = byId("chart-cards");
	const wanted = charts.map(({ id, chart, sql }) => {
		const of = JSON.stringify([chart, sql]);
		const known = cards.get(id);
		if (known !== undefined && known.of === of) return known.parts.card;
		const parts = newCard(id, chart.title, chart.description, sql);
		// The table is what such a chart shows.
		if (chart.type === "table") parts.table.closest("details")?.setAttribute("open", "");
		addCard(id, of, parts);
		return parts.card;
	});
	for (const id of cards.keys()) {
		if (id !== overviewChart && !charts.some((chart) => chart.id === id)) cards.delete(id);
	}
	const present = [...place.children];
	if (wanted.length !== present.length || wanted.some((card, at) => card !== present[at]))
		place.replaceChildren(...wanted);
}

export const overviewChart = "changes-by-hour";

export function addCard(id: string, of: string, parts: CardParts): void {
	cards.set(id, { parts, of });
	parts.csv.addEventListener("click", () => {
		const view = cards.get(id)?.view;
		if (view !== undefined) download(`${id}.csv`, csvOf(view));
	});
}

/** Shows a chart in its card. @param height of its row. */
export function fillCard(
	id: string,
	type: ChartType,
	shown: Shown,
	scope: string,
	height: number,
): CardParts | undefined {
	const entry = cards.get(id);
	if (entry === undefined) return undefined;
	const { parts } = entry;
	parts.scope.textContent = scope;
	parts.scope.hidden = scope === "";
	const view = "view" in shown ? shown.view : undefined;
	entry.view = view;
	const isDrawn = view !== undefined && view.drawn > 0;
	parts.chart.hidden = !isDrawn;
	parts.nothing.hidden = view !== undefined;
	parts.more.hidden = view === undefined;
	parts.summary.textContent = view?.summary ?? "";
	if ("view" in shown) {
		parts.chart.style.height = `${Math.max(120, Math.min(height, 460))}px`;
		fillTable(parts.table, shown.view);
	} else {
		parts.nothing.replaceChildren(...nothing(shown));
		parts.table.replaceChildren();
	}
	if (view !== undefined && isDrawn) drawSoon(parts.chart, type, view);
	else drawNoMore(parts.chart);
	return parts;
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

function download(name: string, text: string): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
	link.download = name;
	link.click();
	// The browser has begun to read it when the next task runs.
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
