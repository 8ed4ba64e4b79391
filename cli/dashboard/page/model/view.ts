import type { Aggregate, ChartType, DefinedChart } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { ResultTable } from "../../data.ts";
import type { Filters } from "../filters.ts";
import { type Format, humanName } from "../format.ts";

/** What a chart shows, before it is drawn: the chart and the table beside it are made of the same rows. */
export interface View {
	/** The chart in a sentence. */
	summary: string;
	columns: readonly ViewColumn[];
	/** Label, one value a measure, then what only the table shows. NULL has no value. */
	rows: readonly ViewRow[];
	/** How many of the rows the chart draws, from the first; the table has them all. */
	drawn: number;
	/** Whether the last row is a time of which only a part is there. */
	partial: boolean;
	/** How many of the columns after the first are drawn. */
	measures: number;
	/** By row, what choosing it filters by; undefined where it filters nothing. */
	picks?: readonly (Filters | undefined)[];
	/** The row below the rows: sums of what can be added up, with no value where a sum would be wrong. */
	total?: ViewRow;
}

export type ViewRow = readonly (string | number | undefined)[];

export interface ViewColumn {
	title: string;
	/** Of numbers. */
	format?: string;
	kind: "text" | "number";
}

/** A number by itself. */
export interface Figure {
	label: string;
	value: string;
	/** The whole number, or what it is a part of. */
	note: string;
	/** As a screen reader says it. */
	exact: string;
	/** How it compares with the period before that of the filter. */
	change?: string;
}

export type Shown = { view: View } | { nothing: string; next?: string };

/** A chart, with the rows that the filters leave it. */
export interface Drawing {
	chart: DefinedChart;
	table: ResultTable;
	rows: readonly number[];
	/** Whether a filter acts on it. */
	filtered: boolean;
}

export function labelOf(chart: DefinedChart, column: string): string {
	return chart.labels[column] ?? humanName(column);
}

export function formatOf(chart: DefinedChart, column: string): Format {
	return chart.formats[column];
}

export function aggregateOf(chart: DefinedChart, column: string): Aggregate {
	return chart.aggregates[column] ?? "sum";
}

/** Where a row has no value in x. */
export const noLabel = "(none)";

export function nothing({ table, filtered }: Drawing): Shown {
	if (table.rows === 0) return { nothing: "The query found no rows." };
	return { nothing: filtered ? "Nothing matches these filters." : "There is nothing to show." };
}

/** Types whose values go up, from a row of times or names. */
export function isUpright(type: ChartType): boolean {
	return type === "line" || type === "area" || type === "column";
}
