import type { Chart, Unit } from "../../../etl/dashboard.ts";

/** What a chart shows, before it is drawn: the chart and the table beside it are made of the same rows. */
export interface View {
	/** The chart in a sentence. */
	summary: string;
	columns: readonly ViewColumn[];
	/** Label, one number a measure (dollars in cents), then what only the table shows. */
	rows: readonly (readonly (string | number)[])[];
	/** How many of the rows the chart draws; the table has them all. */
	drawn: number;
}

export interface ViewColumn {
	title: string;
	/** Of numbers; absent for text. */
	unit?: Unit;
}

export type Shown = { view: View } | { nothing: string; next?: string };

/** Label and numbers of a row. */
export type Sum = [label: string, ...values: number[]];

/** The view of a chart: a column for its dimension and one for each measure. */
export function view(
	chart: Chart,
	rows: Sum[],
	{ summary, drawn = rows.length }: { summary: string; drawn?: number },
): Shown {
	const rest = drawn < rows.length ? ` The first ${drawn} are drawn.` : "";
	return {
		view: {
			summary: `${summary}${rest}`,
			columns: [
				{ title: chart.dimension.label },
				...chart.measures.map((measure) => ({ title: measure.label, unit: measure.unit })),
			],
			rows,
			drawn: Math.min(drawn, rows.length),
		},
	};
}

/** A name within a sentence, whose direction of writing must not change that of the words around it. */
function isolated(name: string): string {
	return `\u2068${name}\u2069`;
}

/** The name, for a sentence, and the number of the largest row. */
export function largest(rows: Sum[]): [string, number] {
	const best = rows.reduce((a, b) => ((b[1] ?? 0) > (a[1] ?? 0) ? b : a));
	return [isolated(best[0]), best[1] ?? 0];
}

export function sumOf(rows: Sum[]): number {
	return rows.reduce((sum, row) => sum + (row[1] ?? 0), 0);
}

export function byFirstValue(a: Sum, b: Sum): number {
	return (b[1] ?? 0) - (a[1] ?? 0) || (a[0] < b[0] ? -1 : 1);
}
