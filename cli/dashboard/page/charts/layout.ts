import type { ChartType } from "../../../../etl/contract/pipeline/pipeline.ts";

/** Columns of the grid's twelve that a chart wants. */
function wish(type: ChartType): number {
	return type === "bar" || type === "pie" || type === "word_cloud" ? 4 : 6;
}

/** Rows of charts, in their order: each row is filled, its first chart gets what is left. */
export function layoutRows(types: readonly ChartType[]): { chart: number; span: number }[][] {
	const rows: { chart: number; span: number }[][] = [];
	for (const [chart, type] of types.entries()) {
		const row = rows.at(-1);
		const used = row?.reduce((sum, { span }) => sum + span, 0) ?? 12;
		if (row === undefined || used + wish(type) > 12) rows.push([{ chart, span: wish(type) }]);
		else row.push({ chart, span: wish(type) });
	}
	for (const row of rows) {
		const left = 12 - row.reduce((sum, { span }) => sum + span, 0);
		row.forEach((placed, at) => {
			placed.span += Math.floor(left / row.length) + (at < left % row.length ? 1 : 0);
		});
	}
	return rows;
}
