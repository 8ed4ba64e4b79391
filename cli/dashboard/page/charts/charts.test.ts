import { format, init } from "echarts";
import { expect, it } from "vitest";
import { rowsOf, viewOf } from "../fixtures/charts.ts";
import { csvOf } from "./csv.ts";
import { layoutRows } from "./layout.ts";
import { chartOption, naturalHeight } from "./options.ts";

const theme = { text: "#000", muted: "#111", line: "#222", surface: "#fff", series: ["#1", "#2"], font: "Some Font" };

it("fills each row of cards", () => {
	expect(layoutRows(["line", "bar", "bar", "bar", "word_cloud", "column"])).toEqual([
		[
			{ chart: 0, span: 7 },
			{ chart: 1, span: 5 },
		],
		[
			{ chart: 2, span: 4 },
			{ chart: 3, span: 4 },
			{ chart: 4, span: 4 },
		],
		[{ chart: 5, span: 12 }],
	]);
	expect(layoutRows([])).toEqual([]);
});

it("writes rows as CSV with quotes where they are needed, numbers as they are", () => {
	const table = rowsOf(["name", "n"], [['a "b", c', 1234.5]]);
	expect(csvOf(viewOf({ x: "name", formats: { n: "usd" } }, table))).toBe('Name,N\r\n"a ""b"", c",1234.5\r\n');
});

it("measures labels in the font that they are drawn in", () => {
	const view = viewOf({ x: "name" }, rowsOf(["name", "n"], [["a", 1]]));
	const option = JSON.stringify(chartOption("bar", view, theme, { width: 500, height: 300 }));
	const labels = [...option.matchAll(/"axisLabel":(\{[^}]*\})/g)].map(([, label]) => label);
	expect(labels).toHaveLength(2);
	for (const label of labels) expect(label).toContain('"fontFamily":"Some Font"');
});

it.each([375, 578, 640])("leaves room between the names of many columns on %i pixels", (width) => {
	const days = Array.from({ length: 209 }, (_, at) => [
		new Date(Date.UTC(2026, 3, 26 + at)).toISOString().slice(0, 10),
		at,
	]);
	const view = viewOf({ x: "day", times: { day: "day" }, type: "line" }, rowsOf(["day", "n"], days));
	const chart = init(null, null, { renderer: "svg", ssr: true, width, height: 300 });
	chart.setOption({ animation: false, ...chartOption("line", view, theme, { width, height: 300 }) });
	const texts = [...chart.renderToSVGString().matchAll(/<text ([^>]*)>([^<]*\d{4})<\/text>/g)].map(
		([, attributes = "", text = ""]) => {
			const x = Number(/translate\(([\d.]+)/.exec(attributes)?.[1]);
			// As wide as ECharts takes it without a canvas to measure on.
			const wide = format.getTextRect(text, "12px Some Font").width;
			const from = /text-anchor="middle"/.test(attributes) ? x - wide / 2 : x;
			return { from, to: from + wide };
		},
	);
	chart.dispose();
	expect(texts.length).toBeGreaterThan(1);
	for (const [at, { from }] of texts.entries()) expect(from - (texts[at - 1]?.to ?? -100)).toBeGreaterThanOrEqual(8);
});

it("is as high as its bars", () => {
	const rows = (count: number) =>
		viewOf(
			{ x: "name" },
			rowsOf(
				["name", "n"],
				Array.from({ length: count }, (_, at) => [`${at}`, 1]),
			),
		);
	expect(naturalHeight("bar", rows(10)) - naturalHeight("bar", rows(1))).toBe(9 * 28);
	expect(naturalHeight("line", rows(1))).toBe(300);
});
