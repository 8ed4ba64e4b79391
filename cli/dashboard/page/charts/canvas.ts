// Word clouds come from a package that names ECharts 5 as its peer, so that is the version here.
import "echarts-wordcloud";
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { ChartType } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { Filters } from "../filters.ts";
import { isUpright, type View } from "../model/view.ts";
import { readTheme } from "../theme.ts";
import { chartOption } from "./options.ts";

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** What is drawn in a place of the page; one that has left the page is forgotten. */
const drawn = new WeakMap<HTMLElement, { instance: ECharts; type: ChartType; view: View }>();

/** Charts that wait for a frame of their own: the first is seen, and keys are heard, while the others are drawn. */
const waiting = new Map<HTMLElement, () => void>();

export function drawSoon(place: HTMLElement, type: ChartType, view: View): void {
	delete place.dataset.drawn;
	if (waiting.size === 0) requestAnimationFrame(drawNext);
	waiting.set(place, () => draw(place, type, view));
}

/** Called with what a reader chooses in a chart. */
let choose: (pick: Filters) => void = () => {};

export function onPick(listener: (pick: Filters) => void): void {
	choose = listener;
}

/** What is drawn in a place, as an image of twice its size; undefined where nothing is. */
export function canvasOf(place: HTMLElement): HTMLCanvasElement | undefined {
	const backgroundColor = readTheme().surface;
	return drawn.get(place)?.instance.renderToCanvas({ pixelRatio: 2, backgroundColor });
}

export function drawNoMore(place: HTMLElement): void {
	waiting.delete(place);
}

function drawNext(): void {
	for (const [place, start] of waiting) {
		waiting.delete(place);
		start();
		break;
	}
	if (waiting.size > 0) requestAnimationFrame(drawNext);
}

function draw(place: HTMLElement, type: ChartType, view: View): void {
	// Its tab is closed, or its table has gone: it is drawn when it is seen.
	if (place.clientWidth === 0) return;
	const instance = drawn.get(place)?.instance ?? newInstance(place);
	drawn.set(place, { instance, type, view });
	if (instance.getHeight() !== place.clientHeight) instance.resize();
	const size = { width: place.clientWidth, height: place.clientHeight };
	instance.setOption(chartOption(type, view, readTheme(), size), { notMerge: true });
}

function hasAxes(type: ChartType): boolean {
	return type !== "pie" && type !== "word_cloud";
}

function pick(place: HTMLElement, row: number): void {
	const view = drawn.get(place)?.view;
	const found = view !== undefined && row < view.drawn ? view.picks?.[row] : undefined;
	if (found !== undefined) choose(found);
}

function newInstance(place: HTMLElement): ECharts {
	const instance = init(place, null, { renderer: "canvas" });
	instance.on("finished", () => {
		place.dataset.drawn = "true";
		// The next frame begins when this one is on the screen.
		if (performance.getEntriesByName("first-chart").length === 0) {
			requestAnimationFrame(() => performance.mark("first-chart"));
		}
	});
	instance.on("click", ({ seriesType, dataIndex }) => {
		if (seriesType === "pie" || seriesType === "wordCloud") pick(place, dataIndex);
	});
	// Of bars and lines the whole row: a thin bar, or the point of a line, is hard to hit.
	instance.getZr().on("click", ({ offsetX, offsetY }) => {
		const shown = drawn.get(place);
		const point = [offsetX, offsetY];
		if (shown === undefined || !hasAxes(shown.type) || !instance.containPixel({ gridIndex: 0 }, point)) return;
		const [x = -1, y = -1] = instance.convertFromPixel({ gridIndex: 0 }, point);
		pick(place, isUpright(shown.type) ? x : y);
	});
	// A new width changes more than the canvas: labels, ticks and words are chosen by it.
	let width = place.clientWidth;
	new ResizeObserver(() => {
		if (place.clientWidth === 0 || place.clientWidth === width) return;
		width = place.clientWidth;
		instance.resize();
		const shown = drawn.get(place);
		if (shown !== undefined) drawSoon(place, shown.type, shown.view);
	}).observe(place);
	return instance;
}
