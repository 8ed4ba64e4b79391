import type { EChartsCoreOption } from "echarts/core";
import type { Chart, Unit } from "../../../etl/dashboard.ts";
import { exact, short } from "./format.ts";
import type { Theme } from "./theme.ts";
import type { View } from "./view.ts";

/** The chart of a view. Everything is drawn on a canvas, tooltips too: no text of the data ever becomes markup. */
export function chartOption(chart: Chart, view: View, theme: Theme, width: number): EChartsCoreOption {
	const common = {
		// A chart that grows is read later, and one that moves at every refresh draws the eye.
		animation: false,
		textStyle: { fontFamily: theme.font, color: theme.text },
	};
	if (chart.kind === "wordCloud") return { ...common, ...wordCloud(view, theme, width) };
	return { ...common, ...axes(chart, view, theme, width) };
}

function axes(chart: Chart, view: View, theme: Theme, width: number): EChartsCoreOption {
	const rows = view.rows.slice(0, view.drawn);
	const labels = rows.map((row) => String(row[0]));
	const unit = chart.measures[0]?.unit ?? "count";
	const upright = chart.kind === "line" || chart.kind === "columns";
	const label = { color: theme.muted, fontSize: 12 };
	const value = {
		type: "value",
		// Bars that have their number beside them need no scale.
		show: chart.kind !== "bars",
		minInterval: unit === "count" ? 1 : 0,
		splitNumber: width < 480 ? 3 : 5,
		axisLabel: { ...label, hideOverlap: true, formatter: (number: number) => short(number, unit) },
		splitLine: { lineStyle: { color: theme.line } },
	};
	const category = {
		type: "category",
		data: labels,
		inverse: !upright,
		axisLine: { lineStyle: { color: theme.line } },
		axisTick: { show: false },
		axisLabel: upright
			? { ...label, hideOverlap: true }
			: { ...label, color: theme.text, width: Math.min(190, width * 0.42), overflow: "truncate", interval: 0 },
	};
	return {
		grid: {
			left: 4,
			right: chart.kind === "bars" ? 52 : 12,
			top: chart.measures.length > 1 ? 32 : 10,
			bottom: 4,
			containLabel: true,
		},
		legend: {
			show: chart.measures.length > 1,
			left: 0,
			top: 0,
			itemWidth: 12,
			itemHeight: 12,
			textStyle: { color: theme.text, fontSize: 12 },
		},
		tooltip: tooltip(chart, view, theme, upright ? "axis" : "item"),
		xAxis: upright ? category : value,
		yAxis: upright ? value : category,
		series: chart.measures.map((measure, at) => series(chart, measure.label, at, rows, unit, theme)),
	};
}

function series(
	chart: Chart,
	name: string,
	at: number,
	rows: View["rows"],
	unit: Unit,
	theme: Theme,
): EChartsCoreOption {
	const color = theme.series[at] ?? theme.text;
	const data = rows.map((row) => row[at + 1] ?? 0);
	if (chart.kind === "line") {
		return {
			type: "line",
			name,
			data,
			symbol: "circle",
			symbolSize: 5,
			showSymbol: rows.length < 40,
			lineStyle: { width: 2, color },
			itemStyle: { color },
			areaStyle: { color, opacity: 0.12 },
		};
	}
	const stacked = chart.kind === "stackedBars";
	return {
		type: "bar",
		name,
		data,
		itemStyle: { color, borderRadius: chart.kind === "columns" ? [2, 2, 0, 0] : stacked ? 0 : [0, 2, 2, 0] },
		barMaxWidth: chart.kind === "columns" ? 48 : 18,
		barGap: "15%",
		barCategoryGap: "30%",
		...(stacked && { stack: "all" }),
		...(chart.kind === "bars" && {
			label: {
				show: true,
				position: "right",
				color: theme.muted,
				fontSize: 11,
				formatter: ({ value }: { value: number }) => short(value, unit),
			},
		}),
	};
}

function wordCloud(view: View, theme: Theme, width: number): EChartsCoreOption {
	const rows = view.rows.slice(0, view.drawn);
	return {
		tooltip: { ...tooltipStyle(theme), trigger: "item", formatter: wordTip(view) },
		series: [
			{
				type: "wordCloud",
				shape: "square",
				left: "center",
				top: "center",
				width: "86%",
				height: "96%",
				// Level words are read faster than turned ones.
				rotationRange: [0, 0],
				sizeRange: [14, Math.max(24, Math.min(48, width / 9))],
				gridSize: 12,
				shrinkToFit: true,
				layoutAnimation: false,
				textStyle: { fontFamily: theme.font, fontWeight: 600 },
				emphasis: { focus: "none" },
				data: rows.map((row, at) => ({
					name: String(row[0]),
					value: row[1],
					textStyle: { color: theme.words[at % theme.words.length] },
				})),
			},
		],
	};
}

function wordTip(view: View): (word: { name: string; value: number }) => string {
	const { title = "", unit = "count" } = view.columns[1] ?? {};
	return ({ name, value }) => `${plain(name)}\n${title}: ${exact(value, unit)}`;
}

function tooltip(chart: Chart, view: View, theme: Theme, trigger: "axis" | "item"): EChartsCoreOption {
	const lines = (index: number): string => {
		const row = view.rows[index] ?? [];
		const values = chart.measures.map((measure, at) => `${measure.label}: ${exact(Number(row[at + 1]), measure.unit)}`);
		return [plain(String(row[0])), ...values].join("\n");
	};
	return {
		...tooltipStyle(theme),
		trigger,
		...(trigger === "axis" && { axisPointer: { type: "line", lineStyle: { color: theme.muted } } }),
		formatter: (point: { dataIndex: number } | { dataIndex: number }[]) => {
			const first = Array.isArray(point) ? point[0] : point;
			return lines(first?.dataIndex ?? 0);
		},
	};
}

function tooltipStyle(theme: Theme): EChartsCoreOption {
	return {
		renderMode: "richText",
		confine: true,
		backgroundColor: theme.surface,
		borderColor: theme.line,
		textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
	};
}

/** Braces begin a style in ECharts' rich text: a full-width look-alike shows the name as it is. */
function plain(text: string): string {
	return text.replaceAll("{", "｛").replaceAll("}", "｝");
}
