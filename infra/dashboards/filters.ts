import type { types } from "@pulumi/aws-native";
import type { DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";
import { type ChartDataSet, type ChartSource, isDrawable, newId, slug } from "./dataSets.ts";

type Group = types.input.quicksight.AnalysisFilterGroupArgs & types.input.quicksight.DashboardFilterGroupArgs;
type Filter = types.input.quicksight.AnalysisFilterArgs & types.input.quicksight.DashboardFilterArgs;
type Control = types.input.quicksight.AnalysisFilterControlArgs & types.input.quicksight.DashboardFilterControlArgs;

/** A chart of the sheet with its data. */
export interface Drawn {
	/** Of its visual. */
	id: string;
	chart: DefinedChart;
	data: ChartDataSet;
}

/** The charts that QuickSight can draw, each with its data set and an id of its own. */
export function drawnCharts(sources: readonly ChartSource[], sets: readonly ChartDataSet[]): Drawn[] {
	const taken = new Set<string>();
	return sources.flatMap(({ chart }) => {
		const data = isDrawable(chart) ? sets.find(({ query }) => query === chart.query) : undefined;
		return data === undefined ? [] : [{ id: newId(chart.title, taken), chart, data }];
	});
}

/**
 * Days that the two controls show at first, by which all data are left: QuickSight's own expressions.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DateTimeDefaultValues.html
 */
const days: { end: "from" | "to"; defaultValues: types.input.quicksight.AnalysisDateTimeDefaultValuesArgs }[] = [
	{ end: "from", defaultValues: { staticValues: ["1970-01-01T00:00:00Z"] } },
	// In no time zone has a day begun that is later.
	{ end: "to", defaultValues: { rollingDate: { expression: "addDateTime(1, 'DD', truncDate('DD', now()))" } } },
];

/**
 * The filters of a sheet, each with its control. A column of times has one pair of days, held by two parameters, which act on
 * the data of all charts that declare it; of other columns, values are chosen. A chart that does not declare a column is left as it is.
 */
export function sheetFilters(sheetId: string, drawn: readonly Drawn[]) {
	const columns = [...new Set(drawn.flatMap(({ chart }) => chart.filters))].map((name, at) =>
		filtered(name, at, drawn),
	);
	const dates = columns.filter(({ isTime }) => isTime);
	return {
		parameterDeclarations: dates.flatMap(({ parameter }) =>
			days.map(({ end, defaultValues }) => ({
				dateTimeParameterDeclaration: { name: parameter(end), timeGranularity: "DAY" as const, defaultValues },
			})),
		),
		parameterControls: dates.flatMap(({ parameter, label }) =>
			days.map(({ end }) => ({
				dateTimePicker: {
					parameterControlId: `${parameter(end)}-control`,
					sourceParameterName: parameter(end),
					title: `${label} ${end}`,
				},
			})),
		),
		filterGroups: columns.flatMap((column) =>
			column.isTime ? dateGroups(sheetId, column) : [choiceGroup(sheetId, column)],
		),
		filterControls: columns.filter(({ isTime }) => !isTime).map(choiceControl),
	};
}

interface Column {
	name: string;
	/** Part of ids. */
	id: string;
	label: string;
	isTime: boolean;
	/** Name of a parameter: letters and digits only. */
	parameter: (end: "from" | "to") => string;
	/** Data sets with the charts that declare the column. */
	sets: { data: ChartDataSet; visualIds: string[] }[];
}

function filtered(name: string, at: number, drawn: readonly Drawn[]): Column {
	const declaring = drawn.filter(({ chart }) => chart.filters.includes(name));
	const sets = [...new Set(declaring.map(({ data }) => data))].map((data) => ({
		data,
		visualIds: declaring.filter((entry) => entry.data === data).map((entry) => entry.id),
	}));
	const words = name.replaceAll("_", " ").trim();
	const plain = name.replaceAll(/[^A-Za-z0-9]/g, "");
	return {
		name,
		id: `${slug(name)}-${at + 1}`,
		label:
			declaring.flatMap(({ chart }) => chart.labels[name] ?? [])[0] ??
			`${words.slice(0, 1).toUpperCase()}${words.slice(1)}`,
		isTime: sets.every(({ data }) => data.columns.find((column) => column.name === name)?.type === "DATETIME"),
		parameter: (end) => `${end}${plain}${at + 1}`,
		sets,
	};
}

function dateGroups(sheetId: string, { name, id, parameter, sets }: Column): Group[] {
	return sets.map(({ data, visualIds }) => {
		const timeRangeFilter = {
			filterId: `${id}-${data.identifier}`,
			column: { dataSetIdentifier: data.identifier, columnName: name },
			rangeMinimumValue: { parameter: parameter("from") },
			rangeMaximumValue: { parameter: parameter("to") },
			includeMinimum: true,
			includeMaximum: true,
			timeGranularity: "DAY" as const,
			nullOption: "NON_NULLS_ONLY" as const,
		};
		return group(sheetId, timeRangeFilter.filterId, { timeRangeFilter }, visualIds, "SINGLE_DATASET");
	});
}

function choiceGroup(sheetId: string, { name, id, sets }: Column): Group {
	const categoryFilter = {
		filterId: id,
		column: { dataSetIdentifier: sets[0]?.data.identifier ?? "", columnName: name },
		configuration: {
			filterListConfiguration: {
				matchOperator: "CONTAINS" as const,
				selectAllOptions: "FILTER_ALL_VALUES" as const,
			},
		},
	};
	const visualIds = sets.flatMap((set) => set.visualIds);
	// Columns of one name are one filter.
	return group(sheetId, id, { categoryFilter }, visualIds, sets.length > 1 ? "ALL_DATASETS" : "SINGLE_DATASET");
}

function choiceControl({ id, label }: Column): Control {
	return {
		dropdown: { filterControlId: `${id}-control`, sourceFilterId: id, title: label, type: "MULTI_SELECT" as const },
	};
}

/** A filter on the charts that declare it. */
function group(
	sheetId: string,
	filterId: string,
	filter: Filter,
	visualIds: string[],
	crossDataset: "ALL_DATASETS" | "SINGLE_DATASET",
): Group {
	return {
		filterGroupId: `${filterId}-group`,
		filters: [filter],
		scopeConfiguration: {
			selectedSheets: {
				sheetVisualScopingConfigurations: [{ sheetId, scope: "SELECTED_VISUALS", visualIds }],
			},
		},
		status: "ENABLED",
		crossDataset,
	};
}
