import type { DefinedChart } from "../../../etl/contract/pipeline/pipeline.ts";
import type { DashboardData, ResultTable } from "../data.ts";
import { humanName } from "./format.ts";
import { columnOf, hasColumn, textAt, valuesOf } from "./model/rows.ts";
import { bucketOf, isTime } from "./model/times.ts";

/** What the reader has chosen, by parameter: `country`; of a column of dates `day.from` and `day.to`, both days included. */
export type Filters = Readonly<Record<string, string>>;

/** A column by which charts can be filtered. */
export interface FilterField {
	column: string;
	label: string;
	/** Dates are a range; of others one of the values that there are. */
	kind: "dates" | "choice";
	/** Of a choice all values, of dates the first and the last day. */
	values: string[];
}

/** The filters that the charts declare, in their order; charts that name one column share one filter. */
export function filterFields({ charts, results }: Pick<DashboardData, "charts" | "results">): FilterField[] {
	const names = [...new Set(charts.flatMap(({ chart }) => chart.filters))];
	return names.map((column) => {
		const declaring = charts.filter(({ chart }) => chart.filters.includes(column)).map(({ chart }) => chart);
		const tables = [...new Set(declaring.map(({ query }) => query))].flatMap((query) => results[query] ?? []);
		const columns = tables.filter((table) => hasColumn(table, column)).map((table) => columnOf(table, column));
		const label = declaring.flatMap(({ labels }) => labels[column] ?? [])[0] ?? humanName(column);
		const isDate =
			declaring.some(({ times }) => times[column] !== undefined) || (columns.length > 0 && columns.every(isTime));
		const values = [...new Set(columns.flatMap(valuesOf))];
		if (!isDate) return { column, label, kind: "choice" as const, values: values.sort(byText) };
		const days = values.map((value) => bucketOf(value, "day")).sort();
		return { column, label, kind: "dates" as const, values: [...days.slice(0, 1), ...days.slice(-1)] };
	});
}

function byText(a: string, b: string): number {
	return a.localeCompare(b, "en", { numeric: true });
}

/** Names of a field's controls, which are its parameters in the address. */
export function parametersOf({ column, kind }: FilterField): string[] {
	return kind === "dates" ? [`${column}.from`, `${column}.to`] : [column];
}

/** Filters in the address's fragment, so that a reload or a bookmark keeps them. */
export function readFilters(fragment: string, fields: readonly FilterField[]): Filters {
	const found = new URLSearchParams(fragment.replace(/^#/, ""));
	const filters: Record<string, string> = {};
	for (const field of fields) {
		for (const name of parametersOf(field)) {
			const value = found.get(name) ?? "";
			if (value === "" || (field.kind === "dates" && !/^\d{4}-\d{2}-\d{2}$/.test(value))) continue;
			filters[name] = value;
		}
	}
	return filters;
}

/** @returns the fragment without its `#`; empty where nothing is filtered. */
export function writeFilters(filters: Filters): string {
	return new URLSearchParams({ ...filters }).toString();
}

/** Filters with a choice added; without it where it is set already. */
export function toggled(filters: Filters, pick: Filters): Filters {
	const names = Object.keys(pick);
	if (!names.every((name) => filters[name] === pick[name])) return { ...filters, ...pick };
	return Object.fromEntries(Object.entries(filters).filter(([name]) => !names.includes(name)));
}

/** Fields of which the reader has set something that can be. */
export function activeFields(fields: readonly FilterField[], filters: Filters): FilterField[] {
	return fields.filter((field) => parametersOf(field).some((name) => filters[name] !== undefined));
}

/** What is wrong with the choice; dates that are the wrong way round filter nothing. */
export function filterFault(fields: readonly FilterField[], filters: Filters): string {
	const wrong = fields.filter((field) => isReversed(field, filters)).map(({ label }) => label);
	return wrong.length === 0 ? "" : `${wrong.join(", ")}: the filter has no effect, because From is after To.`;
}

function isReversed({ column, kind }: FilterField, filters: Filters): boolean {
	const [from, to] = [filters[`${column}.from`], filters[`${column}.to`]];
	return kind === "dates" && from !== undefined && to !== undefined && from > to;
}

/** Rows of a chart's query that the filters leave, of those filters that the chart declares. */
export function matchingRows(
	chart: Pick<DefinedChart, "filters">,
	table: ResultTable,
	fields: readonly FilterField[],
	filters: Filters,
): number[] {
	let rows = Array.from({ length: table.rows }, (_, row) => row);
	for (const field of activeFields(fields, filters)) {
		if (!chart.filters.includes(field.column) || isReversed(field, filters)) continue;
		const column = columnOf(table, field.column);
		const [from = "", to = "9999-12-31"] = [filters[`${field.column}.from`], filters[`${field.column}.to`]];
		rows = rows.filter((row) => {
			const text = textAt(column, row);
			if (text === undefined) return false;
			if (field.kind === "choice") return text === filters[field.column];
			const day = bucketOf(text, "day");
			return day >= from && day <= to;
		});
	}
	return rows;
}
