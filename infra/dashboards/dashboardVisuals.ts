import type { types } from "@pulumi/aws-native";
import type { Chart, Field, Measure } from "../../etl/dashboard.ts";
import { type ChartTable, type DashboardData, dashboardData } from "./dashboardData.ts";

/** One shape for analyses and dashboards: QuickSight's two types differ in name only. */
export type Visual = types.input.quicksight.AnalysisVisualArgs & types.input.quicksight.DashboardVisualArgs;

/** A chart of etl/dashboard.ts whose data are there. */
export type KnownChart = Chart & { table: ChartTable };

/** The chart as QuickSight draws it; titles, fields and measures are those of the web page. */
export function chartVisual(visualId: string, chart: KnownChart): Visual {
	const common = { visualId, title: title(chart.title) };
	const data: DashboardData = dashboardData[chart.table];
	const values = chart.measures.map((entry) => measure(data, entry));
	const names = { category: axisLabels(data, [chart.dimension]), values: axisLabels(data, chart.measures) };
	switch (chart.kind) {
		case "wordCloud":
			return {
				wordCloudVisual: {
					...common,
					chartConfiguration: {
						categoryLabelOptions: names.category,
						fieldWells: { wordCloudAggregatedFieldWells: { groupBy: [dimension(data, chart)], size: values } },
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
			};
		case "line":
			return {
				lineChartVisual: {
					...common,
					chartConfiguration: {
						type: "LINE",
						xAxisLabelOptions: names.category,
						primaryYAxisLabelOptions: names.values,
						fieldWells: { lineChartAggregatedFieldWells: { category: [dimension(data, chart)], values } },
					},
				},
			};
		default:
			return {
				barChartVisual: {
					...common,
					chartConfiguration: {
						orientation: chart.kind === "columns" ? "VERTICAL" : "HORIZONTAL",
						barsArrangement: chart.kind === "stackedBars" ? "STACKED" : "CLUSTERED",
						categoryLabelOptions: names.category,
						valueLabelOptions: names.values,
						fieldWells: { barChartAggregatedFieldWells: { category: [dimension(data, chart)], values } },
						...(chart.dimension.time === undefined && { sortConfiguration: largestFirst(data, chart) }),
					},
				},
			};
	}
}

/** A number by itself: the sum of a measure. */
export function figureVisual(visualId: string, table: ChartTable, entry: Measure): Visual {
	const values = [measure(dashboardData[table], entry)];
	return { kpiVisual: { visualId, title: title(entry.label), chartConfiguration: { fieldWells: { values } } } };
}

/** The latest of a column's times. */
export function latestVisual(visualId: string, table: ChartTable, { column, label }: Field): Visual {
	const dateMeasureField = { ...field(dashboardData[table], column), aggregationFunction: "MAX" as const };
	return {
		kpiVisual: {
			visualId,
			title: title(label),
			chartConfiguration: { fieldWells: { values: [{ dateMeasureField }] } },
		},
	};
}

/** By the first measure; the changes of a table by all of its measures, which are parts of one number. */
function largestFirst(data: DashboardData, { kind, measures: [first], top }: KnownChart) {
	const direction = "DESC" as const;
	const sort =
		kind === "stackedBars"
			? {
					columnSort: {
						sortBy: { dataSetIdentifier: data.identifier, columnName: "changes" },
						direction,
						aggregationFunction: { numericalAggregationFunction: { simpleNumericalAggregation: "SUM" as const } },
					},
				}
			: { fieldSort: { fieldId: fieldId(data, first?.column ?? ""), direction } };
	return {
		categorySort: [sort],
		...(top !== undefined && { categoryItemsLimit: { itemsLimit: top, otherCategories: "EXCLUDE" as const } }),
	};
}

function title(plainText: string) {
	return { visibility: "VISIBLE" as const, formatText: { plainText } };
}

function axisLabels(data: DashboardData, fields: readonly Field[]) {
	return {
		axisLabelOptions: fields.map(({ column, label }) => ({ customLabel: label, applyTo: field(data, column) })),
	};
}

function fieldId(data: DashboardData, column: string): string {
	return `${data.identifier}.${column}`;
}

function field(data: DashboardData, columnName: string) {
	return { fieldId: fieldId(data, columnName), column: { dataSetIdentifier: data.identifier, columnName } };
}

const granularity = { month: "MONTH", hour: "HOUR" } as const;

function dimension(data: DashboardData, { dimension: { column, time } }: Chart) {
	if (time === undefined) return { categoricalDimensionField: field(data, column) };
	return { dateDimensionField: { ...field(data, column), dateGranularity: granularity[time] } };
}

function measure(data: DashboardData, { column, aggregation, unit }: Measure) {
	const dollars = { formatConfiguration: { currencyDisplayFormatConfiguration: { symbol: "USD" } } };
	return {
		numericalMeasureField: {
			...field(data, column),
			aggregationFunction: {
				simpleNumericalAggregation: aggregation === "count" ? ("COUNT" as const) : ("SUM" as const),
			},
			...(unit === "dollars" && { formatConfiguration: dollars }),
		},
	};
}
