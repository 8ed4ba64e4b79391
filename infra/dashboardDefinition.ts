import type { types } from "@pulumi/aws-native";
import { type Picture, pictures } from "../etl/dashboard.ts";
import { type DashboardData, jointTablesData, salesData } from "./dashboardData.ts";

/** One shape for analyses and dashboards: QuickSight's two types differ in name only. */
export type Definition = types.input.quicksight.AnalysisDefinitionArgs &
	types.input.quicksight.DashboardVersionDefinitionArgs;
type Visual = types.input.quicksight.AnalysisVisualArgs & types.input.quicksight.DashboardVisualArgs;

/**
 * The console guide's word cloud: departments, the larger the more products.
 *
 * @param dataSetArn of `joint_tables`
 */
export function departmentDefinition(dataSetArn: string): Definition {
	const data = jointTablesData("athena");
	return definition(data, dataSetArn, "departments", "Departments", [
		{
			visual: {
				wordCloudVisual: {
					visualId: "departments-cloud",
					title: title(pictures.departments.title),
					chartConfiguration: {
						fieldWells: {
							wordCloudAggregatedFieldWells: {
								groupBy: [category(data, pictures.departments.dimension.column)],
								size: measures(data, pictures.departments),
							},
						},
						wordCloudOptions: {
							wordOrientation: "HORIZONTAL",
							wordScaling: "EMPHASIZE",
							cloudLayout: "FLUID",
							wordCasing: "EXISTING_CASE",
							wordPadding: "MEDIUM",
							maximumStringLength: 60,
						},
					},
				},
			},
			columns: 36,
			rows: 18,
		},
	]);
}

/**
 * Sales of classicmodels: how much, of what, where, when and by whom.
 *
 * @param dataSetArn of `sales`
 */
export function salesDefinition(dataSetArn: string): Definition {
	const data = salesData;
	const amount = () => measure(data, "amount", "SUM");
	const bars = (visualId: string, picture: Picture): Visual => ({
		barChartVisual: {
			visualId,
			title: title(picture.title),
			chartConfiguration: {
				orientation: "HORIZONTAL",
				fieldWells: {
					barChartAggregatedFieldWells: {
						category: [category(data, picture.dimension.column)],
						values: measures(data, picture),
					},
				},
				sortConfiguration: {
					categorySort: [{ fieldSort: { fieldId: fieldId(data, "amount"), direction: "DESC" } }],
					categoryItemsLimit: { itemsLimit: 10, otherCategories: "INCLUDE" },
				},
			},
		},
	});
	return definition(data, dataSetArn, "sales", "Sales", [
		{
			visual: {
				kpiVisual: {
					visualId: "sales-revenue",
					title: title("Revenue"),
					chartConfiguration: { fieldWells: { values: [amount()] } },
				},
			},
			columns: 18,
			rows: 5,
		},
		{
			visual: {
				kpiVisual: {
					visualId: "sales-profit",
					title: title("Profit"),
					chartConfiguration: { fieldWells: { values: [measure(data, "profit", "SUM")] } },
				},
			},
			columns: 18,
			rows: 5,
		},
		{
			visual: {
				lineChartVisual: {
					visualId: "sales-months",
					title: title(pictures.revenueByMonth.title),
					chartConfiguration: {
						type: "LINE",
						fieldWells: {
							lineChartAggregatedFieldWells: {
								category: [month(data, pictures.revenueByMonth.dimension.column)],
								values: measures(data, pictures.revenueByMonth),
							},
						},
					},
				},
			},
			columns: 36,
			rows: 10,
		},
		{ visual: bars("sales-product-lines", pictures.productLines), columns: 18, rows: 12 },
		{ visual: bars("sales-countries", pictures.countries), columns: 18, rows: 12 },
		{ visual: bars("sales-customers", pictures.customers), columns: 36, rows: 12 },
	]);
}

interface Placed {
	visual: Visual;
	/** Of the grid's 36. */
	columns: number;
	rows: number;
}

/** One sheet; visuals from left to right, a new row of the grid where one has no room. */
function definition(
	data: DashboardData,
	dataSetArn: string,
	sheetId: string,
	name: string,
	placed: Placed[],
): Definition {
	let column = 0;
	let row = 0;
	let height = 0;
	const elements = placed.map(({ visual, columns, rows }) => {
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
	return {
		dataSetIdentifierDeclarations: [{ identifier: data.identifier, dataSetArn }],
		sheets: [
			{
				sheetId,
				name,
				contentType: "INTERACTIVE",
				visuals: placed.map(({ visual }) => visual),
				layouts: [{ configuration: { gridLayout: { elements } } }],
			},
		],
	};
}

function visualId(visual: Visual): string {
	const [kind] = Object.values(visual) as { visualId: string }[];
	return kind?.visualId ?? "";
}

function title(plainText: string) {
	return { visibility: "VISIBLE" as const, formatText: { plainText } };
}

function fieldId(data: DashboardData, column: string): string {
	return `${data.identifier}.${column}`;
}

function field(data: DashboardData, columnName: string) {
	return { fieldId: fieldId(data, columnName), column: { dataSetIdentifier: data.identifier, columnName } };
}

function category(data: DashboardData, column: string) {
	return { categoricalDimensionField: field(data, column) };
}

function month(data: DashboardData, column: string) {
	return { dateDimensionField: { ...field(data, column), dateGranularity: "MONTH" as const } };
}

function measures(data: DashboardData, picture: Picture) {
	return picture.measures.map(({ column, aggregation }) =>
		measure(data, column, aggregation === "count" ? "COUNT" : "SUM"),
	);
}

function measure(data: DashboardData, column: string, aggregation: "COUNT" | "SUM") {
	return {
		numericalMeasureField: {
			...field(data, column),
			aggregationFunction: { simpleNumericalAggregation: aggregation },
		},
	};
}
