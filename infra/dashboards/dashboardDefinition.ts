import type { types } from "@pulumi/aws-native";
import { type FilterName, type PictureId, pictures } from "../../etl/dashboard.ts";
import { dashboardData, type PictureTable } from "./dashboardData.ts";
import { sheetFilters } from "./dashboardFilters.ts";
import { figureVisual, type KnownPicture, latestVisual, pictureVisual, type Visual } from "./dashboardVisuals.ts";

/** One shape for analyses and dashboards: QuickSight's two types differ in name only. */
export type Definition = types.input.quicksight.AnalysisDefinitionArgs &
	types.input.quicksight.DashboardVersionDefinitionArgs;

/** ARN of each data set. */
export type DataSetArns = Readonly<Record<PictureTable, string>>;

/** The console guide's word cloud: departments, the larger the more products. */
export function departmentDefinition(arns: DataSetArns): Definition {
	return definition(arns, "departments", "Departments", [picture("departments", 36, 18)]);
}

/** All pictures of the web page, laid out as there. */
export function salesDefinition(arns: DataSetArns): Definition {
	const sales = pictures.productLines;
	const [revenue, profit] = sales.measures;
	const newest = { column: "newest_change", label: "Changes processed up to (UTC)" };
	return definition(arns, "sales", "Sales", [
		{ table: sales.table, visual: figureVisual("revenue", sales.table, revenue), columns: 12, rows: 5 },
		{ table: sales.table, visual: figureVisual("profit", sales.table, profit), columns: 12, rows: 5 },
		{
			table: pictures.replication.table,
			visual: latestVisual("newest-change", pictures.replication.table, newest),
			columns: 12,
			rows: 5,
		},
		picture("revenueByMonth", 21, 12),
		picture("productLines", 15, 12),
		picture("countries", 12, 14),
		picture("customers", 12, 14),
		picture("departments", 12, 14),
		picture("clickRate", 15, 12),
		picture("replication", 21, 12),
	]);
}

interface Placed {
	table: PictureTable;
	visual: Visual;
	/** Of the grid's 36. */
	columns: number;
	rows: number;
}

function picture(id: PictureId, columns: number, rows: number): Placed {
	const shown: KnownPicture = pictures[id];
	return { table: shown.table, visual: pictureVisual(id, shown), columns, rows };
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

/** Filters of a table's pictures: all of them have the same ones, as a filter is one of the data set. */
function filtersOf(table: PictureTable): Set<FilterName> {
	const shown: KnownPicture[] = Object.values(pictures);
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
