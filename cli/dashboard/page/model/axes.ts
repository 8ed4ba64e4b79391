import type { TimeUnit } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { ResultColumn } from "../../data.ts";
import { aggregated } from "./aggregate.ts";
import { pickOfName, pickOfTime } from "./picks.ts";
import { columnOf, isText, textAt } from "./rows.ts";
import { categorySummary, timeSummary } from "./summaries.ts";
import { areTimes, bucketName, bucketOf, bucketsBetween, coarser, isTime, lastDay, unitOf } from "./times.ts";
import { totalOf } from "./totals.ts";
import {
	aggregateOf,
	type Drawing,
	formatOf,
	labelOf,
	noLabel,
	nothing,
	type Shown,
	type ViewColumn,
	type ViewRow,
} from "./view.ts";

/** What is measured: a column of y, or of one value of the series. */
interface Measure {
	column: ViewColumn;
	value: (rows: readonly number[]) => number | undefined;
}

/** Series beyond these are one, "Other". */
const mostSeries = 7;

/** The view of a chart with an x. */
export function axesView(drawing: Drawing): Shown {
	const { chart, table, rows } = drawing;
	const x = columnOf(table, chart.x ?? "");
	const measures = measuresOf(drawing);
	const unit = chart.type === "pie" || chart.type === "word_cloud" ? undefined : timeUnit(drawing, x);
	if (rows.length === 0) return nothing(drawing);
	return unit === undefined ? categoryView(drawing, x, measures) : timeView(drawing, x, measures, unit);
}

/** What a value of x stands for; undefined where x does not hold times. */
function timeUnit({ chart, rows }: Drawing, x: ResultColumn): TimeUnit | undefined {
	const declared = chart.times[chart.x ?? ""];
	const texts = isText(x) ? [...new Set(rows.flatMap((row) => textAt(x, row) ?? []))] : [];
	if (declared !== undefined) {
		const found = isText(x) ? texts : rows.map((row) => textAt(x, row) ?? "");
		return areTimes(found) ? declared : undefined;
	}
	return isTime(x) ? unitOf(texts) : undefined;
}

function measuresOf({ chart, table, rows }: Drawing): Measure[] {
	const measure = (name: string, title: string, mine?: ReadonlySet<number>): Measure => {
		const column = columnOf(table, name);
		const format = formatOf(chart, name);
		return {
			column: { title, kind: "number", ...(format !== undefined && { format }) },
			value: (found) => {
				const kept = mine === undefined ? found : found.filter((row) => mine.has(row));
				const { value } = aggregated(column, kept, aggregateOf(chart, name));
				return typeof value === "number" ? value : undefined;
			},
		};
	};
	const [first = ""] = chart.y;
	if (chart.series === undefined) return chart.y.map((name) => measure(name, labelOf(chart, name)));
	const series = columnOf(table, chart.series);
	const groups = grouped(rows, (row) => textAt(series, row) ?? noLabel);
	const whole = measure(first, "");
	const size = (of: readonly number[]): number => whole.value(of) ?? 0;
	const sorted = [...groups].sort((a, b) => size(b[1]) - size(a[1]) || (a[0] < b[0] ? -1 : 1));
	const kept = sorted.length > mostSeries + 1 ? sorted.slice(0, mostSeries) : sorted;
	const others = sorted.slice(kept.length).flatMap(([, found]) => found);
	return [
		...kept.map(([name, found]) => measure(first, name, new Set(found))),
		...(others.length === 0 ? [] : [measure(first, "Other", new Set(others))]),
	];
}

function categoryView(drawing: Drawing, x: ResultColumn, measures: readonly Measure[]): Shown {
	const { chart, rows } = drawing;
	const groups = [...grouped(rows, (row) => textAt(x, row))];
	const all = groups.map(([name, found]) => ({
		name,
		row: [name ?? noLabel, ...measures.map(({ value }) => value(found))],
	}));
	const size = (row: ViewRow): number =>
		// Parts of one bar are compared by the whole of it.
		chart.type === "stacked_bar"
			? numbersOf(row).reduce((sum, value) => sum + value, 0)
			: Number(row[1] ?? Number.NEGATIVE_INFINITY);
	all.sort((a, b) => size(b.row) - size(a.row) || (String(a.row[0]) < String(b.row[0]) ? -1 : 1));
	// What has no name is not one of the largest: it may stand for many.
	const named = chart.top === undefined ? all : all.filter(({ name }) => name !== undefined);
	const chosen = named.slice(0, chart.top ?? named.length);
	const kept = chosen.map(({ row }) => row);
	if (kept.length === 0) return nothing(drawing);
	const drawn = Math.min(kept.length, mostDrawn[chart.type] ?? 24);
	return {
		view: {
			summary: categorySummary(drawing, {
				kept,
				named: named.length,
				names: all.filter(({ name }) => name !== undefined).length,
				unnamed: all.find(({ name }) => name === undefined)?.row[1],
				all: all.map(({ row }) => row),
				drawn,
			}),
			columns: [{ title: labelOf(chart, chart.x ?? ""), kind: "text" }, ...measures.map(({ column }) => column)],
			rows: kept,
			drawn,
			partial: false,
			measures: measures.length,
			picks: chosen.map(({ name }) => pickOfName(drawing, name)),
			...totalOf(drawing, kept, all.length),
		},
	};
}

/** Bars that are read, slices that can be distinguished, words that have room. */
const mostDrawn: Partial<Record<string, number>> = { pie: 8, word_cloud: 80, column: 60, line: 400, area: 400 };

function numbersOf(row: ViewRow): number[] {
	return row.slice(1).flatMap((value) => (typeof value === "number" ? value : []));
}

function timeView(drawing: Drawing, x: ResultColumn, measures: readonly Measure[], unit: TimeUnit): Shown {
	const { chart, rows } = drawing;
	const most = chart.type === "line" || chart.type === "area" ? 400 : 96;
	const present = rows.flatMap((row) => textAt(x, row) ?? []);
	for (let shown: TimeUnit | undefined = unit; shown !== undefined; shown = coarser(shown)) {
		const used = shown;
		const buckets = present.map((text) => bucketOf(text, used)).sort();
		const [first, last] = [buckets[0], buckets.at(-1)];
		if (first === undefined || last === undefined) return nothing(drawing);
		const all = bucketsBetween(first, last, used, coarser(used) === undefined ? 10_000 : most);
		if (all === undefined) continue;
		const groups = grouped(rows, (row) => {
			const text = textAt(x, row);
			return text === undefined ? undefined : bucketOf(text, used);
		});
		const shownRows = all.map(
			(bucket): ViewRow => [bucketName(bucket, used), ...measures.map(({ value }) => value(groups.get(bucket) ?? []))],
		);
		const newest = used === unit ? undefined : present.toSorted().at(-1);
		const until = used === "hour" ? undefined : (lastDayOf(drawing, groups.get(last) ?? []) ?? newest);
		const partial = until !== undefined && bucketOf(until, "day") < lastDay(last, used);
		return {
			view: {
				summary: timeSummary(drawing, shownRows, used, partial ? until : undefined),
				columns: [{ title: timeTitle(drawing, unit, used), kind: "text" }, ...measures.map(({ column }) => column)],
				rows: shownRows,
				drawn: shownRows.length,
				partial,
				measures: measures.length,
				picks: all.map((bucket) => pickOfTime(drawing, bucket, used)),
				...totalOf(drawing, shownRows, shownRows.length),
			},
		};
	}
	return nothing(drawing);
}

/** Where a wider unit is shown than the query has, its name; hours are UTC, as the lake's are. */
function timeTitle({ chart }: Drawing, unit: TimeUnit, shown: TimeUnit): string {
	const title = shown === unit ? labelOf(chart, chart.x ?? "") : `${shown.slice(0, 1).toUpperCase()}${shown.slice(1)}`;
	return unit === "hour" && !title.includes("UTC") ? `${title} (UTC)` : title;
}

/** The newest day among rows, by the columns of days that the chart can be filtered by; undefined where there is none. */
function lastDayOf({ chart, table }: Drawing, rows: readonly number[]): string | undefined {
	const days = chart.filters
		.filter((name) => name !== chart.x)
		.map((name) => columnOf(table, name))
		.filter((column) => isTime(column) && isText(column) && unitOf(column.texts) !== "month")
		.flatMap((column) => rows.flatMap((row) => textAt(column, row) ?? []));
	return days.sort().at(-1);
}

function grouped<K>(rows: readonly number[], key: (row: number) => K): Map<K, number[]> {
	const groups = new Map<K, number[]>();
	for (const row of rows) {
		const of = key(row);
		const group = groups.get(of);
		if (group === undefined) groups.set(of, [row]);
		else group.push(row);
	}
	return groups;
}
