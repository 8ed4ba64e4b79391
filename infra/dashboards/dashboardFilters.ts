import type { types } from "@pulumi/aws-native";
import { type FilterName, filterLabels } from "../../etl/dashboard.ts";
import { type ChartTable, dashboardData } from "./dashboardData.ts";

type Group = types.input.quicksight.AnalysisFilterGroupArgs & types.input.quicksight.DashboardFilterGroupArgs;
type Filter = types.input.quicksight.AnalysisFilterArgs & types.input.quicksight.DashboardFilterArgs;
type Control = types.input.quicksight.AnalysisFilterControlArgs & types.input.quicksight.DashboardFilterControlArgs;

/** Columns of the filters that offer the values of one; that of the dates differs by table. */
const columns = { country: "country", productLine: "product_line" } as const;

/**
 * Days that the two controls show at first, by which all data are left: QuickSight's own expressions.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DateTimeDefaultValues.html
 */
const days: { name: "from" | "to"; defaultValues: types.input.quicksight.AnalysisDateTimeDefaultValuesArgs }[] = [
	{ name: "from", defaultValues: { staticValues: ["1970-01-01T00:00:00Z"] } },
	// In no time zone has a day begun that is later.
	{ name: "to", defaultValues: { rollingDate: { expression: "addDateTime(1, 'DD', truncDate('DD', now()))" } } },
];

/**
 * The filters of a sheet, each with its control. One pair of dates, held by two parameters, acts on the data of all tables;
 * country and product line act on the tables that have the field.
 * @param filtersOf the tables on the sheet, with the filters that their charts have.
 */
export function sheetFilters(sheetId: string, filtersOf: ReadonlyMap<ChartTable, ReadonlySet<FilterName>>) {
	const tables = [...filtersOf].map(([table, names]) => ({ ...dashboardData[table], names }));
	const dated = tables.flatMap(({ identifier, date, names }): Group[] => {
		if (date === undefined || !names.has("dates")) return [];
		const timeRangeFilter = {
			filterId: `${identifier}-dates`,
			column: { dataSetIdentifier: identifier, columnName: date },
			rangeMinimumValue: { parameter: "from" },
			rangeMaximumValue: { parameter: "to" },
			includeMinimum: true,
			includeMaximum: true,
			timeGranularity: "DAY" as const,
			nullOption: "NON_NULLS_ONLY" as const,
		};
		return [group(sheetId, timeRangeFilter.filterId, { timeRangeFilter })];
	});
	const chosen = tables.flatMap(({ identifier, names }) =>
		(["country", "productLine"] as const)
			.filter((name) => names.has(name))
			.map((name): { group: Group; control: Control } => {
				const filterId = `${identifier}-${name}`;
				const categoryFilter = {
					filterId,
					column: { dataSetIdentifier: identifier, columnName: columns[name] },
					configuration: {
						filterListConfiguration: {
							matchOperator: "CONTAINS" as const,
							selectAllOptions: "FILTER_ALL_VALUES" as const,
						},
					},
				};
				const control = {
					filterControlId: `${filterId}-control`,
					sourceFilterId: filterId,
					title: filterLabels[name],
					type: "MULTI_SELECT" as const,
				};
				return { group: group(sheetId, filterId, { categoryFilter }), control: { dropdown: control } };
			}),
	);
	const pickers = dated.length === 0 ? [] : days;
	return {
		parameterDeclarations: pickers.map(({ name, defaultValues }) => ({
			dateTimeParameterDeclaration: {
				name,
				timeGranularity: "DAY" as const,
				defaultValues,
			},
		})),
		parameterControls: pickers.map(({ name }) => ({
			dateTimePicker: { parameterControlId: `${name}-control`, sourceParameterName: name, title: filterLabels[name] },
		})),
		filterGroups: [...dated, ...chosen.map((filter) => filter.group)],
		filterControls: chosen.map(({ control }) => control),
	};
}

/** On all charts of the sheet that show the filter's data set. */
function group(sheetId: string, filterId: string, filter: Filter): Group {
	return {
		filterGroupId: `${filterId}-group`,
		filters: [filter],
		scopeConfiguration: {
			selectedSheets: { sheetVisualScopingConfigurations: [{ sheetId, scope: "ALL_VISUALS" }] },
		},
		status: "ENABLED",
		crossDataset: "SINGLE_DATASET",
	};
}
