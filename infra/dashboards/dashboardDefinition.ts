import type { types } from "@pulumi/aws-native";
import { type ChartId, charts, type FilterName } from "../../etl/dashboard.ts";
import { type ChartTable, dashboardData } from "./dashboardData.ts";
import { sheetFilters } from "./dashboardFilters.ts";
import { chartVisual, figureVisual, type KnownChart, latestVisual, type Visual } from "./dashboardVisuals.ts";

/** One shape for analyses and dashboards: QuickSight's two types differ in name only. */
export type Definition = types.input.quicksight.AnalysisDefinitionArgs &
	types.input.quicksight.DashboardVersionDefinitionArgs;

/** ARN of each data set. */
export type DataSetArns = Readonly<Record<ChartTable, string>>;

/** The console walkthrough's word cloud: departments, the larger the more products. */
export function departmentDefinition(arns: DataSetArns): Definition {
	return definition(arns, "departments", "Departments", [chart("departments", 36, 18)]);
}

/** All charts of the web page, laid out as there. */
export function salesDefinition(arns: DataSetArns): Definition {
	const sales = charts.productLines;
	const [revenue, profit] = sales.measures;
	const newest = { column: "newest_change", label: "Changes processed up to (UTC)" };
	return definition(arns, "sales", "Sales", [
		{ table: sales.table, visual: figureVisual("revenue", sales.table, revenue), columns: 12, rows: 5 },
		{ table: sales.table, visual: figureVisual("profit", sales.table, profit), columns: 12, rows: 5 },
		{
			table: charts.replication.table,
			visual: latestVisual("newest-change", charts.replication.table, newest),
			columns: 12,
			rows: 5,
		},
		chart("revenueByMonth", 21, 12),
		chart("productLines", 15, 12),
		chart("countries", 12, 14),
		chart("customers", 12, 14),
		chart("departments", 12, 14),
		chart("clickRate", 15, 12),
		chart("replication", 21, 12),
	]);
}

interface Placed {
	table: ChartTable;
	visual: Visual;
	/** Of the grid's 36. */
	columns: number;
	rows: number;
}

function chart(id: ChartId, columns: number, rows: number): Placed {
	const shown: KnownChart = charts[id];
	return { table: shown.table, visual: chartVisual(id, shown), columns, rows };
}

/** One sheet; visuals from left to right, a new row of the grid where one has no room. */
function definition(arns: DataSetArns, sheetId: string, name: string, placed: Placed[]): Definition {
	const tables = new Map(placed.map(({ table }) => [table, filtersOf(table)]));
	const { parameterDeclarations, parameterControls, filterGroups, filterControls } = sheetFilters(sheetId, tables);
	return {
		dataSetIdentifierDeclarations: [...tables.keys()].map((table) => ({
			identifier: dashboardData[table].identifier,
			dataSetArn: arns[table],
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
				visuals: placed.map(({ visual }) => visual),
				layouts: [{ configuration: { gridLayout: { elements: grid(placed) } } }],
			},
		],
	};
}

/** Filters of a table's charts: all of them have the same ones, as a filter is one of the data set. */
function filtersOf(table: ChartTable): Set<FilterName> {
	const shown: KnownChart[] = Object.values(charts);
	return new Set(shown.filter((entry) => entry.table === table).flatMap(({ filters }) => filters));
}

function grid(placed: Placed[]) {
	let column = 0;
	let row = 0;
	let height = 0;
	return placed.map(({ visual, columns, rows }) => {
		if (column + columns > 36) {
			column = 0;
			row += height;
			height = 0;
		}
		height = Math.max(height, rows);
		const element = {
			elementId: visualId(visual),
			elementType: "VISUAL" as const,
			columnIndex: column,
			columnSpan: columns,
			rowIndex: row,
			rowSpan: rows,
		};
		column += columns;
		return element;
	});
}

function visualId(visual: Visual): string {
	const [kind] = Object.values(visual) as { visualId: string }[];
	return kind?.visualId ?? "";
}
