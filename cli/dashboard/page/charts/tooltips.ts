import type { EChartsCoreOption } from "echarts/core";
import { exact } from "../format.ts";
import type { View } from "../model/view.ts";
import type { Theme } from "../theme.ts";

/** Drawn on the canvas, as all else is: no text of the data ever becomes markup. */
export function tooltipStyle(theme: Theme): EChartsCoreOption {
	return {
		renderMode: "richText",
		confine: true,
		backgroundColor: theme.surface,
		borderColor: theme.line,
		textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
	};
}

/** The row of a view in lines: its label, then each measure. */
export function rowTip(view: View, index: number): string {
	const row = view.rows[index] ?? [];
	const values = view.columns.slice(1, 1 + view.measures).map(({ title, format }, at) => {
		const value = row[at + 1];
		return `${plain(title)}: ${typeof value === "number" ? exact(value, format) : "–"}`;
	});
	const unfinished = view.partial && index === view.rows.length - 1 ? " (not complete)" : "";
	return [`${plain(String(row[0] ?? ""))}${unfinished}`, ...values].join("\n");
}

/** Braces begin a style in ECharts' rich text: a full-width look-alike shows the name as it is. */
export function plain(text: string): string {
	return text.replaceAll("{", "｛").replaceAll("}", "｝");
}
