import type { types } from "@pulumi/aws-native";
import type { DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";
import { type Drawn, sheetFilters } from "./filters.ts";
import { chartVisual } from "./visuals.ts";

/** One shape for analyses and dashboards: QuickSight's two types differ in name only. */
export type Definition = types.input.quicksight.AnalysisDefinitionArgs &
	types.input.quicksight.DashboardVersionDefinitionArgs;

/** Columns of QuickSight's grid. */
const gridColumns = 36;

/**
 * One sheet with charts: numbers in a row above, the others as on the web page.
 * @param arns of the data sets, by identifier.
 */
export function definitionOf(
	sheetId: string,
	name: string,
	drawn: readonly Drawn[],
	arns: Readonly<Record<string, string>>,
): Definition {
	const ordered = [
		...drawn.filter(({ chart }) => chart.type === "number"),
		...drawn.filter(({ chart }) => chart.type !== "number"),
	];
	const identifiers = [...new Set(ordered.map(({ data }) => data.identifier))];
	const { parameterDeclarations, parameterControls, filterGroups, filterControls } = sheetFilters(sheetId, ordered);
	return {
		dataSetIdentifierDeclarations: identifiers.map((identifier) => ({
			identifier,
			dataSetArn: arns[identifier] ?? "",
		})),
		parameterDeclarations,
		filterGroups,
		sheets: [
			{
				sheetId,
				name,
				contentType: "INTERACTIVE",
				parameterControls,
				filterControls,
				visuals: ordered.map(({ id, chart, data }) => chartVisual(id, chart, data)),
				layouts: [{ configuration: { gridLayout: { elements: grid(ordered) } } }],
			},
		],
	};
}

interface Size {
	columns: number;
	rows: number;
}

function sizeOf({ type }: DefinedChart, numbers: number): Size {
	if (type === "number") return { columns: Math.floor(gridColumns / Math.min(numbers, 6)), rows: 5 };
	const isNarrow = type === "bar" || type === "pie" || type === "word_cloud";
	return { columns: isNarrow ? 12 : 18, rows: isNarrow ? 14 : 12 };
}

/** Charts from left to right, a new row where one has no room; a row's charts are as high as its highest, and fill it. */
function grid(drawn: readonly Drawn[]) {
	const numbers = drawn.filter(({ chart }) => chart.type === "number").length;
	const rows: (Drawn & { size: Size })[][] = [];
	for (const one of drawn) {
		const { chart } = one;
		const size = sizeOf(chart, numbers);
		const row = rows.at(-1);
		const used = row?.reduce((sum, placed) => sum + placed.size.columns, 0) ?? gridColumns;
		const isOther = row?.[0] !== undefined && (row[0].chart.type === "number") !== (chart.type === "number");
		if (row === undefined || isOther || used + size.columns > gridColumns) rows.push([{ ...one, size }]);
		else row.push({ ...one, size });
	}
	let rowIndex = 0;
	return rows.flatMap((row) => {
		const rowSpan = Math.max(...row.map(({ size }) => size.rows));
		const left = gridColumns - row.reduce((sum, { size }) => sum + size.columns, 0);
		let columnIndex = 0;
		const elements = row.map(({ id, size }, at) => {
			const columnSpan = size.columns + (at === 0 ? left : 0);
			const element = {
				elementId: id,
				elementType: "VISUAL" as const,
				columnIndex,
				columnSpan,
				rowIndex,
				rowSpan,
			};
			columnIndex += columnSpan;
			return element;
		});
		rowIndex += rowSpan;
		return elements;
	});
}
