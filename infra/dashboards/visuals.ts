import type { types } from "@pulumi/aws-native";
import type { Aggregate, DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";
import type { ChartDataSet, ColumnType } from "./dataSets.ts";

/** One shape for analyses and dashboards: QuickSight's two types differ in name only. */
export type Visual = types.input.quicksight.AnalysisVisualArgs & types.input.quicksight.DashboardVisualArgs;

/** The chart as QuickSight draws it; titles, fields and formats are those of the web page. */
export function chartVisual(visualId: string, chart: DefinedChart, data: ChartDataSet): Visual {
	const common = {
		visualId,
		title: { visibility: "VISIBLE" as const, formatText: { plainText: chart.title } },
		...(chart.description !== undefined && {
			subtitle: { visibility: "VISIBLE" as const, formatText: { plainText: chart.description } },
		}),
	};
	const values = chart.y.map((name) => measure(chart, data, name));
	const category = chart.x === undefined ? [] : [dimension(chart, data, chart.x)];
	const colors = chart.series === undefined ? {} : { colors: [dimension(chart, data, chart.series)] };
	const sorting = sortOf(chart, data);
	const names = {
		category: axisLabels(chart, data, chart.x === undefined ? [] : [chart.x]),
		values: axisLabels(chart, data, chart.y),
	};
	switch (chart.type) {
		case "number":
			return { kpiVisual: { ...common, chartConfiguration: numberConfiguration(values) } };
		case "table":
			return { tableVisual: { ...common, chartConfiguration: tableConfiguration(chart, data) } };
		case "pie":
			return {
				pieChartVisual: {
					...common,
					chartConfiguration: {
						categoryLabelOptions: names.category,
						valueLabelOptions: names.values,
						fieldWells: { pieChartAggregatedFieldWells: { category, values } },
						sortConfiguration: sorting,
					},
				},
			};
		case "word_cloud":
			return {
				wordCloudVisual: {
					...common,
					chartConfiguration: {
						categoryLabelOptions: names.category,
						fieldWells: { wordCloudAggregatedFieldWells: { groupBy: category, size: values } },
						wordCloudOptions: wordCloud,
						sortConfiguration: sorting,
					},
				},
			};
		case "line":
		case "area":
			return {
				lineChartVisual: {
					...common,
					chartConfiguration: {
						type: chart.type === "line" ? "LINE" : "STACKED_AREA",
						xAxisLabelOptions: names.category,
						primaryYAxisLabelOptions: names.values,
						fieldWells: { lineChartAggregatedFieldWells: { category, values, ...colors } },
					},
				},
			};
		default:
			return {
				barChartVisual: {
					...common,
					chartConfiguration: {
						orientation: chart.type === "column" ? "VERTICAL" : "HORIZONTAL",
						barsArrangement: chart.type === "stacked_bar" ? "STACKED" : "CLUSTERED",
						categoryLabelOptions: names.category,
						valueLabelOptions: names.values,
						fieldWells: { barChartAggregatedFieldWells: { category, values, ...colors } },
						...(chart.times[chart.x ?? ""] === undefined && { sortConfiguration: sorting }),
					},
				},
			};
	}
}

const wordCloud = {
	wordOrientation: "HORIZONTAL",
	wordScaling: "EMPHASIZE",
	cloudLayout: "FLUID",
	wordCasing: "EXISTING_CASE",
	wordPadding: "MEDIUM",
	maximumStringLength: 60,
} as const;

/** A number by itself; with a second one, as its share of that. */
function numberConfiguration(measures: readonly ReturnType<typeof measure>[]) {
	const [value, whole] = measures;
	const values = value === undefined ? [] : [value];
	if (whole === undefined) return { fieldWells: { values } };
	return {
		fieldWells: { values, targetValues: [whole] },
		kpiOptions: { comparison: { comparisonMethod: "PERCENT" as const } },
	};
}

function tableConfiguration(chart: DefinedChart, data: ChartDataSet) {
	const format = (name: string) => {
		const found = numericFormat(chart.formats[name]);
		return found === undefined ? {} : { formatConfiguration: { numberFormatConfiguration: found } };
	};
	return {
		fieldWells: {
			tableUnaggregatedFieldWells: { values: chart.y.map((name) => ({ ...field(data, name), ...format(name) })) },
		},
		fieldOptions: {
			selectedFieldOptions: chart.y.map((name) => ({
				fieldId: fieldId(data, name),
				customLabel: chart.labels[name] ?? humanName(name),
			})),
		},
	};
}

/** The largest first, by the first measure. */
function sortOf({ y: [first = ""], top }: DefinedChart, data: ChartDataSet) {
	return {
		categorySort: [{ fieldSort: { fieldId: fieldId(data, first), direction: "DESC" as const } }],
		...(top !== undefined && { categoryItemsLimit: { itemsLimit: top, otherCategories: "EXCLUDE" as const } }),
	};
}

function axisLabels(chart: DefinedChart, data: ChartDataSet, names: readonly string[]) {
	return {
		axisLabelOptions: names.map((name) => ({
			customLabel: chart.labels[name] ?? humanName(name),
			applyTo: field(data, name),
		})),
	};
}

function humanName(column: string): string {
	const words = column.replaceAll("_", " ").trim();
	return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

function fieldId(data: ChartDataSet, column: string): string {
	return `${data.identifier}.${column}`;
}

function field(data: ChartDataSet, columnName: string) {
	return { fieldId: fieldId(data, columnName), column: { dataSetIdentifier: data.identifier, columnName } };
}

const granularity = {
	hour: "HOUR",
	day: "DAY",
	week: "WEEK",
	month: "MONTH",
	quarter: "QUARTER",
	year: "YEAR",
} as const;

function typeIn(data: ChartDataSet, column: string): ColumnType | undefined {
	return data.columns.find(({ name }) => name === column)?.type;
}

function dimension(chart: DefinedChart, data: ChartDataSet, column: string) {
	const type = typeIn(data, column);
	if (type === "DATETIME") {
		const dateGranularity = granularity[chart.times[column] ?? "day"];
		return { dateDimensionField: { ...field(data, column), dateGranularity } };
	}
	if (type === "DECIMAL") return { numericalDimensionField: field(data, column) };
	return { categoricalDimensionField: field(data, column) };
}

const functions = { sum: "SUM", min: "MIN", max: "MAX", average: "AVERAGE" } as const satisfies Record<
	Exclude<Aggregate, "count_distinct">,
	string
>;

function measure(chart: DefinedChart, data: ChartDataSet, column: string) {
	const how = chart.aggregates[column] ?? "sum";
	const type = typeIn(data, column);
	if (type === "DATETIME") {
		const aggregationFunction = how === "count_distinct" ? "DISTINCT_COUNT" : how === "min" ? "MIN" : "MAX";
		return { dateMeasureField: { ...field(data, column), aggregationFunction } } as const;
	}
	if (type === "STRING") {
		return { categoricalMeasureField: { ...field(data, column), aggregationFunction: "DISTINCT_COUNT" } } as const;
	}
	const format = numericFormat(chart.formats[column]);
	return {
		numericalMeasureField: {
			...field(data, column),
			aggregationFunction: {
				simpleNumericalAggregation: how === "count_distinct" ? ("DISTINCT_COUNT" as const) : functions[how],
			},
			...(format !== undefined && { formatConfiguration: format }),
		},
	};
}

/** `usd`, `percent`; undefined for a plain number. */
function numericFormat(format: string | undefined) {
	if (format === undefined || format === "number") return undefined;
	if (format === "percent") return { formatConfiguration: { percentageDisplayFormatConfiguration: {} } };
	return { formatConfiguration: { currencyDisplayFormatConfiguration: { symbol: format.toUpperCase() } } };
}
