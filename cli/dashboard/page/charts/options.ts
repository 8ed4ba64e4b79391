import type { EChartsCoreOption } from "echarts/core";
import type { ChartType } from "../../../../etl/contract/pipeline/pipeline.ts";
import { short } from "../format.ts";
import { isUpright, type View } from "../model/view.ts";
import type { Theme } from "../theme.ts";
import { pie, wordCloud } from "./shares.ts";
import { rowTip, tooltipStyle } from "./tooltips.ts";

/** Of a bar, and from one row of bars to the next. */
const barHeight = 18;
const barRow = 28;

/** Where a chart is drawn. */
export interface Place {
	width: number;
	height: number;
}

/** The chart of a view. */
export function chartOption(type: ChartType, view: View, theme: Theme, place: Place): EChartsCoreOption {
	const common = {
		// A chart that grows is read later, and one that moves at every refresh draws the eye.
		animation: false,
		textStyle: { fontFamily: theme.font, color: theme.text },
	};
	if (type === "word_cloud") return { ...common, ...wordCloud(view, theme, place.width) };
	if (type === "pie") return { ...common, ...pie(view, theme, place.width) };
	return { ...common, ...axes(type, view, theme, place) };
}

/** How high a chart is by itself: bars are as thick in a chart of one as in a chart of many. */
export function naturalHeight(type: ChartType, view: View): number {
	if (type !== "bar" && type !== "stacked_bar") return 300;
	return view.drawn * rowHeight(type, view) + (view.measures > 1 ? 40 : 16);
}

function rowHeight(type: ChartType, view: View): number {
	return type === "stacked_bar" ? barRow : barRow + (Math.min(view.measures, 4) - 1) * 12;
}

function axes(type: ChartType, view: View, theme: Theme, { width, height }: Place): EChartsCoreOption {
	const labels = view.rows.slice(0, view.drawn).map((row) => String(row[0] ?? ""));
	const measures = view.columns.slice(1, 1 + view.measures);
	const format = measures[0]?.format;
	const upright = isUpright(type);
	const legend = measures.length > 1;
	// The font is said again: what measures a label's width does not take it from the chart's own style.
	const label = { color: theme.muted, fontSize: 12, fontFamily: theme.font };
	const value = {
		type: "value",
		// Bars that have their number beside them need no scale.
		show: type !== "bar",
		name: upright && !legend ? measures[0]?.title : undefined,
		nameLocation: "end",
		nameTextStyle: { ...label, align: "left" },
		minInterval: format === undefined || format === "number" ? 1 : 0,
		splitNumber: width < 480 ? 3 : 5,
		// The highest number of a horizontal scale would stand half outside.
		axisLabel: {
			...label,
			hideOverlap: true,
			formatter: (number: number) => short(number, format),
			...(!upright && { alignMaxLabel: "right" }),
		},
		splitLine: { lineStyle: { color: theme.line } },
	};
	const category = {
		type: "category",
		data: labels,
		inverse: !upright,
		axisLine: { lineStyle: { color: theme.line } },
		axisTick: { show: false },
		axisLabel: upright
			? { ...label, ...uprightLabels(labels.length, width) }
			: { ...label, color: theme.text, width: Math.min(190, width * 0.42), overflow: "truncate", interval: 0 },
	};
	const needed = naturalHeight(type, view);
	return {
		grid: {
			left: 4,
			right: type === "bar" ? 64 : upright ? 32 : 16,
			top: legend ? 32 : upright ? 28 : 8,
			// A row of cards is as high as its highest; the bars of the others stay together.
			bottom: upright ? 4 : Math.max(4, height - needed),
			containLabel: true,
		},
		legend: {
			show: legend,
			type: "scroll",
			left: 0,
			right: 0,
			top: 0,
			itemWidth: 12,
			itemHeight: 12,
			textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
		},
		tooltip: {
			...tooltipStyle(theme),
			trigger: upright ? "axis" : "item",
			...(upright && { axisPointer: { type: "line", lineStyle: { color: theme.muted } } }),
			formatter: (point: { dataIndex: number } | { dataIndex: number }[]) => {
				const first = Array.isArray(point) ? point[0] : point;
				return rowTip(view, first?.dataIndex ?? 0);
			},
		},
		xAxis: upright ? category : value,
		yAxis: upright ? value : category,
		series: measures.map((measure, at) => series(type, view, at, measure.title, measure.format, theme)),
	};
}

/** Names below columns: as wide as a column where there is room for all of them, else those that do not overlap. */
function uprightLabels(count: number, width: number): EChartsCoreOption {
	const room = (width - 60) / Math.max(1, count) - 8;
	// Those of many columns are wider than their columns, so the first would begin left of the chart.
	const fitting = room >= 96 ? { interval: 0 } : { alignMinLabel: "left" };
	// Names that touch read as one.
	return { minMargin: 12, hideOverlap: true, overflow: "truncate", width: Math.max(96, room), ...fitting };
}

function series(
	type: ChartType,
	view: View,
	at: number,
	name: string,
	format: string | undefined,
	theme: Theme,
): EChartsCoreOption {
	const color = theme.series[at % theme.series.length] ?? theme.text;
	const values = view.rows.slice(0, view.drawn).map((row) => row[at + 1] ?? null);
	const last = values.length - 1;
	// A time that is not over is drawn as unfinished, not as a fall.
	const unfinished = (style: object): unknown[] =>
		values.map((value, index) => (view.partial && index === last ? { value, ...style } : value));
	if (type === "line" || type === "area") {
		return {
			type: "line",
			name,
			data: unfinished({ symbol: "emptyCircle", symbolSize: 9 }),
			symbol: "circle",
			symbolSize: 5,
			showSymbol: values.length < 40,
			lineStyle: { width: 2, color },
			itemStyle: { color },
			...(type === "area"
				? { stack: "all", areaStyle: { color, opacity: 0.35 } }
				: view.measures === 1 && { areaStyle: { color, opacity: 0.12 } }),
		};
	}
	const stacked = type === "stacked_bar";
	return {
		type: "bar",
		name,
		data: unfinished({ itemStyle: { color, opacity: 0.45 } }),
		itemStyle: { color, borderRadius: type === "column" ? [2, 2, 0, 0] : stacked ? 0 : [0, 2, 2, 0] },
		barMaxWidth: type === "column" ? 48 : barHeight,
		barGap: "15%",
		barCategoryGap: "30%",
		...(stacked && { stack: "all" }),
		...(type === "bar" && {
			label: {
				show: true,
				position: "right",
				color: theme.muted,
				fontSize: 11,
				fontFamily: theme.font,
				formatter: ({ value }: { value: number | null }) => (value === null ? "" : short(value, format)),
			},
		}),
	};
}
