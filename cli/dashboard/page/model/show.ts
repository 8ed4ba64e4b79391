import type { DashboardData, ShownChart } from "../../data.ts";
import { activeFields, type FilterField, type Filters, matchingRows } from "../filters.ts";
import { exact, type Format, inSentence, percent, plural, short } from "../format.ts";
import { aggregated } from "./aggregate.ts";
import { axesView } from "./axes.ts";
import { filtersBefore } from "./periods.ts";
import { columnOf, isText, numberAt, textAt, valuesOf } from "./rows.ts";
import { bucketOf } from "./times.ts";
import {
	aggregateOf,
	type Drawing,
	type Figure,
	formatOf,
	labelOf,
	nothing,
	type Shown,
	type ViewColumn,
} from "./view.ts";

/** Computes one chart of the data as the filters leave it. */
export function show(
	shown: ShownChart,
	data: Pick<DashboardData, "results">,
	fields: readonly FilterField[],
	filters: Filters,
): Shown {
	const drawing = drawingOf(shown, data, fields, filters);
	if (!("chart" in drawing)) return drawing;
	return drawing.chart.type === "table" ? tableView(drawing) : axesView(drawing);
}

/** A number by itself; undefined where its query failed. */
export function figure(
	shown: ShownChart,
	data: Pick<DashboardData, "results">,
	fields: readonly FilterField[],
	filters: Filters,
): Figure {
	const drawing = drawingOf(shown, data, fields, filters);
	const { chart } = shown;
	if (!("chart" in drawing)) return { label: chart.title, value: "–", note: drawing.nothing, exact: "" };
	const [first = "", whole] = chart.y;
	const total = (name: string, rows = drawing.rows) =>
		aggregated(columnOf(drawing.table, name), rows, aggregateOf(chart, name));
	const { value, atLeast } = total(first);
	const scope = scopeText(shown, fields, filters);
	const note = (text: string): string => [text, scope].filter((part) => part !== "").join(" ");
	if (typeof value !== "number") return { label: chart.title, value: value ?? "–", note: note(""), exact: value ?? "" };
	const format = formatOf(chart, first);
	const [brief, long] = [short(value, format), exact(value, format)].map((text) => `${text}${atLeast ? "+" : ""}`);
	const of = whole === undefined ? undefined : total(whole).value;
	const share = typeof of === "number" ? percent(value, of) : "";
	const before = filtersBefore(ownFields(drawing, fields), filters);
	const earlier = before && total(first, matchingRows(chart, drawing.table, fields, before.filters)).value;
	return {
		...(before !== undefined &&
			typeof earlier === "number" && { change: changeText(value, earlier, before.name, format) }),
		label: chart.title,
		value: brief ?? "",
		exact: long ?? "",
		note: note(
			share !== "" && whole !== undefined
				? `${share} of ${inSentence(labelOf(chart, whole))}`
				: brief === long
					? ""
					: (long ?? ""),
		),
	};
}

/** The filters that act on a chart, with the days that its own rows have: others may go on for longer. */
function ownFields({ chart, table }: Drawing, fields: readonly FilterField[]): FilterField[] {
	return fields
		.filter(({ column }) => chart.filters.includes(column))
		.map((field) => {
			if (field.kind !== "dates") return field;
			const days = valuesOf(columnOf(table, field.column))
				.map((value) => bucketOf(value, "day"))
				.sort();
			return { ...field, values: [...days.slice(0, 1), ...days.slice(-1)] };
		});
}

/** "▲ 12% on the previous month: $1.2M", also where nothing was before. */
function changeText(value: number, earlier: number, name: string, format: Format): string {
	const was = `${name}: ${short(earlier, format)}`;
	if (value === earlier) return `= as in ${was}`;
	const arrow = value > earlier ? "▲" : "▼";
	const by = earlier > 0 ? ` ${percent(Math.abs(value - earlier), earlier)}` : "";
	return `${arrow}${by} on ${was}`;
}

/** Which of the reader's filters leave this chart as it is. */
export function scopeText({ chart, fault }: ShownChart, fields: readonly FilterField[], filters: Filters): string {
	if (fault !== undefined) return "";
	const ignored = activeFields(fields, filters).filter(({ column }) => !chart.filters.includes(column));
	return ignored.length === 0 ? "" : `Not filtered by ${ignored.map(({ label }) => inSentence(label)).join(", ")}.`;
}

function drawingOf(
	{ chart, fault }: ShownChart,
	data: Pick<DashboardData, "results">,
	fields: readonly FilterField[],
	filters: Filters,
): Drawing | Extract<Shown, { nothing: string }> {
	if (fault !== undefined) return { nothing: fault.why, ...(fault.next !== undefined && { next: fault.next }) };
	const table = data.results[chart.query];
	if (table === undefined) return { nothing: "Its rows are not available." };
	const rows = matchingRows(chart, table, fields, filters);
	return { chart, table, rows, filtered: rows.length < table.rows };
}

/** Rows of a table that are in the page; more are downloaded by a query. */
const mostRows = 1000;

/** The query's own rows, in its order. Its columns are those of x and y, or all where the chart names none. */
function tableView(drawing: Drawing): Shown {
	const { chart, table, rows } = drawing;
	if (rows.length === 0) return nothing(drawing);
	const names = chart.y.length > 0 ? chart.y : table.columns.map(({ name }) => name);
	const columns = names.map((name) => columnOf(table, name));
	const kept = rows.slice(0, Math.min(chart.top ?? mostRows, mostRows));
	const cut = kept.length < rows.length ? ` The first ${kept.length} are shown.` : "";
	return {
		view: {
			summary: `${plural(rows.length, "row")}.${cut}`,
			columns: columns.map((column): ViewColumn => {
				const format = formatOf(chart, column.name);
				return {
					title: labelOf(chart, column.name),
					kind: isText(column) ? "text" : "number",
					...(format !== undefined && { format }),
				};
			}),
			rows: kept.map((row) =>
				columns.map((column) => (isText(column) ? textAt(column, row) : (numberAt(column, row) ?? undefined))),
			),
			drawn: 0,
			partial: false,
			measures: 0,
		},
	};
}
