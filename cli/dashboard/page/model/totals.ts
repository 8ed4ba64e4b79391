import { aggregateOf, type Drawing, type View, type ViewRow } from "./view.ts";

/**
 * The row below a chart's rows; none where nothing can be added up: averages and numbers of different customers have none.
 * @param all rows that there are, of which `kept` may be the largest.
 */
export function totalOf({ chart }: Drawing, kept: readonly ViewRow[], all: number): Pick<View, "total"> {
	const measures = chart.series === undefined ? chart.y : undefined;
	const isSum = (at: number): boolean => aggregateOf(chart, measures?.[at] ?? chart.y[0] ?? "") === "sum";
	const sums = (kept[0] ?? []).slice(1).map((_, at) => (isSum(at) ? sumOf(kept.map((row) => row[at + 1])) : undefined));
	if (kept.length < 2 || sums.every((sum) => sum === undefined)) return {};
	return { total: [kept.length < all ? `Total of the ${kept.length} shown` : "Total", ...sums] };
}

/** By the cent, as a sum of binary fractions is not. */
function sumOf(values: ViewRow): number {
	const numbers = values.flatMap((value) => (typeof value === "number" ? value : []));
	return Number(numbers.reduce((sum, value) => sum + value, 0).toPrecision(15));
}
