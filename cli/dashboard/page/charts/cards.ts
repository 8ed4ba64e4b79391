import type { ChartType } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { DashboardData, ShownChart } from "../../data.ts";
import { byId, element } from "../dom.ts";
import type { FilterField, Filters } from "../filters.ts";
import { scopeText, show } from "../model/show.ts";
import type { Shown, View } from "../model/view.ts";
import { drawNoMore, drawSoon, onPick } from "./canvas.ts";
import { type CardParts, newCard } from "./card.ts";
import { csvOf } from "./csv.ts";
import { fillTable } from "./dataTable.ts";
import { imageOf } from "./image.ts";
import { layoutRows } from "./layout.ts";
import { naturalHeight } from "./options.ts";

/** The cards that there are, by the chart's id, with what each shows now. */
const cards = new Map<string, { parts: CardParts; of: string; view?: View | undefined }>();

/** Words and slices that the reader wants as bars, by the chart's id. */
const asBars = new Set<string>();

let choose: (pick: Filters) => void = () => {};

/** @param listener is called with what the reader chooses in a chart or its table. */
export function onChoice(listener: (pick: Filters) => void): void {
	choose = listener;
	onPick(listener);
}

/** Draws the charts again as they were last. */
let redraw: () => void = () => {};

/** Draws every chart of the data, as the filters leave it. */
export function drawCharts(data: DashboardData, fields: readonly FilterField[], filters: Filters): void {
	redraw = () => drawCharts(data, fields, filters);
	const defined = data.charts.filter(({ chart }) => chart.type !== "number");
	placeCards(defined);
	const charts = defined.map(asChosen);
	const shown = charts.map((chart) => show(chart, data, fields, filters));
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
			if (parts === undefined) continue;
			parts.card.className = `card span-${span}`;
			parts.bars.setAttribute("aria-pressed", String(entry !== defined[chart]));
		}
	}
}

/** A chart in the type that the reader has chosen for it. */
function asChosen(shown: ShownChart): ShownChart {
	return canBeBars(shown) && asBars.has(shown.id) ? { ...shown, chart: { ...shown.chart, type: "bar" } } : shown;
}

function canBeBars({ chart: { type } }: ShownChart): boolean {
	return type === "word_cloud" || type === "pie";
}

/** Whether cards are below each other, as the style sheet has it. */
export const stacked = matchMedia("(max-width: 1040px)");

/** The page's cards are those of the charts, in their order; one whose chart has changed is a new one. */
function placeCards(charts: readonly ShownChart[]): void {
	const place = byId("chart-cards");
	const wanted = charts.map((shown) => {
		const { id, chart, sql } = shown;
		const of = JSON.stringify([chart, sql]);
		const known = cards.get(id);
		if (known !== undefined && known.of === of) return known.parts.card;
		const parts = newCard(id, chart.title, chart.description, sql);
		// The table is what such a chart shows.
		if (chart.type === "table") parts.table.closest("details")?.setAttribute("open", "");
		addCard(id, of, parts);
		parts.bars.hidden = !canBeBars(shown);
		parts.bars.addEventListener("click", () => {
			if (!asBars.delete(id)) asBars.add(id);
			redraw();
		});
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
		if (view !== undefined) download(`${id}.csv`, new Blob([csvOf(view)], { type: "text/csv;charset=utf-8" }));
	});
	parts.png.addEventListener("click", async () => {
		const title = parts.card.querySelector("h2")?.textContent ?? "";
		const image = await imageOf(
			parts.chart,
			title,
			[parts.summary, parts.scope].map(({ textContent }) => textContent),
		);
		if (image !== undefined) download(`${id}.png`, image);
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
	parts.png.hidden = !isDrawn;
	parts.chart.classList.toggle("choosable", view?.picks?.some((pick) => pick !== undefined) ?? false);
	parts.summary.textContent = view?.summary ?? "";
	if ("view" in shown) {
		parts.chart.style.height = `${Math.max(120, Math.min(height, 460))}px`;
		fillTable(parts.table, shown.view, choose);
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

function download(name: string, content: Blob): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(content);
	link.download = name;
	link.click();
	// The browser has begun to read it when the next task runs.
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
