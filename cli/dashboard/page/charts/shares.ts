import type { EChartsCoreOption } from "echarts/core";
import { exact, percent } from "../format.ts";
import type { View } from "../model/view.ts";
import type { Theme } from "../theme.ts";
import { plain, tooltipStyle } from "./tooltips.ts";

/** Slices of a whole; beyond those that can be distinguished, the rest is one. */
export function pie(view: View, theme: Theme, width: number): EChartsCoreOption {
	const rows = view.rows.slice(0, view.drawn);
	const rest = view.rows.slice(view.drawn).reduce((sum, row) => sum + Number(row[1] ?? 0), 0);
	const slices = [...rows.map((row) => ({ name: String(row[0] ?? ""), value: Number(row[1] ?? 0) }))];
	if (rest > 0) slices.push({ name: "Other", value: rest });
	const whole = slices.reduce((sum, { value }) => sum + value, 0);
	const { title = "", format } = view.columns[1] ?? {};
	return {
		tooltip: {
			...tooltipStyle(theme),
			trigger: "item",
			formatter: ({ name, value }: { name: string; value: number }) =>
				`${plain(name)}\n${plain(title)}: ${exact(value, format)} (${percent(value, whole)})`,
		},
		series: [
			{
				type: "pie",
				radius: ["42%", "68%"],
				avoidLabelOverlap: true,
				itemStyle: { borderColor: theme.surface, borderWidth: 2 },
				label: {
					color: theme.text,
					fontSize: 12,
					lineHeight: 16,
					fontFamily: theme.font,
					width: Math.max(60, width * 0.24),
					overflow: "truncate",
					formatter: ({ name, value }: { name: string; value: number }) => `${plain(name)}\n${percent(value, whole)}`,
				},
				labelLine: { lineStyle: { color: theme.muted } },
				data: slices.map((slice, at) => ({
					...slice,
					itemStyle: {
						color: slice.name === "Other" && at === view.drawn ? theme.muted : theme.series[at % theme.series.length],
					},
				})),
			},
		],
	};
}

/** Words, the larger the more. Their colour says it again, by the third of the range that a word is in. */
export function wordCloud(view: View, theme: Theme, width: number): EChartsCoreOption {
	const rows = view.rows.slice(0, view.drawn);
	const values = rows.map((row) => Number(row[1] ?? 0));
	const [least, most] = [Math.min(...values), Math.max(...values)];
	const color = (value: number): string => {
		const place = most === least ? 1 : (value - least) / (most - least);
		return (place >= 2 / 3 ? theme.series[0] : place >= 1 / 3 ? theme.series[1] : theme.muted) ?? theme.text;
	};
	const { title = "", format } = view.columns[1] ?? {};
	return {
		tooltip: {
			...tooltipStyle(theme),
			trigger: "item",
			formatter: ({ name, value }: { name: string; value: number }) =>
				`${plain(name)}\n${plain(title)}: ${exact(value, format)}`,
		},
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
				data: rows.map((row) => ({
					name: String(row[0] ?? ""),
					value: Number(row[1] ?? 0),
					textStyle: { color: color(Number(row[1] ?? 0)) },
				})),
			},
		],
	};
}
