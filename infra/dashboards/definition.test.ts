import { describe, expect, it } from "vitest";
import type { ChartType, DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";
import { shop as sampleShop } from "../../tests/support/sampleShop.ts";
import { chartDataSets } from "./dataSets.ts";
import { definitionOf } from "./definition.ts";
import { type Drawn, drawnCharts } from "./filters.ts";
import { chartVisual } from "./visuals.ts";

/** A definition as QuickSight reads it. */
interface Read {
	dataSetIdentifierDeclarations: { identifier: string; dataSetArn: string }[];
	parameterDeclarations: { dateTimeParameterDeclaration: { name: string } }[];
	filterGroups: {
		crossDataset: string;
		filters: Record<string, { filterId: string; column: { dataSetIdentifier: string; columnName: string } }>[];
		scopeConfiguration: { selectedSheets: { sheetVisualScopingConfigurations: { visualIds: string[] }[] } };
	}[];
	sheets: {
		parameterControls: { dateTimePicker: { sourceParameterName: string; title: string } }[];
		filterControls: { dropdown: { sourceFilterId: string; title: string } }[];
		visuals: Record<string, { visualId: string; title: { formatText: { plainText: string } } }>[];
		layouts: {
			configuration: {
				gridLayout: {
					elements: { elementId: string; columnIndex: number; columnSpan: number; rowIndex: number; rowSpan: number }[];
				};
			};
		}[];
	}[];
}

function drawnOf(charts: readonly DefinedChart[]): Drawn[] {
	const sources = charts.map((entry) => ({ chart: entry, sql: "" }));
	return drawnCharts(sources, chartDataSets(sources));
}

const drawn = drawnOf(sampleShop.pipeline.charts);
const arns = Object.fromEntries(drawn.map(({ data }) => [data.identifier, `arn:${data.identifier}`]));
const shop = definitionOf("shop", "shop", drawn, arns) as unknown as Read;
const visuals = ({ sheets: [sheet] }: Read) => (sheet?.visuals ?? []).flatMap((visual) => Object.values(visual));

describe("QuickSight's definition", () => {
	it("shows every chart, under its title", () => {
		expect(visuals(shop).map(({ title }) => title.formatText.plainText)).toEqual(
			sampleShop.pipeline.charts.map(({ title }) => title),
		);
	});

	it("filters each chart by the columns that it declares, and by no others", () => {
		for (const { id, chart } of drawn) {
			const acting = shop.filterGroups
				.filter(({ scopeConfiguration: { selectedSheets } }) =>
					selectedSheets.sheetVisualScopingConfigurations[0]?.visualIds.includes(id),
				)
				.flatMap(({ filters }) => filters.flatMap(Object.values).map(({ column }) => column.columnName));
			expect([...new Set(acting)].sort(), chart.title).toEqual([...chart.filters].sort());
		}
	});

	it("has a control for every filter: one pair of days for all data", () => {
		const [sheet] = shop.sheets;
		expect(sheet?.parameterControls.map(({ dateTimePicker }) => dateTimePicker.title)).toEqual([
			"Date from",
			"Date to",
		]);
		expect(sheet?.filterControls.map(({ dropdown }) => dropdown.title)).toEqual(["Country", "Product line"]);
		const declared = shop.parameterDeclarations.map((entry) => entry.dateTimeParameterDeclaration.name);
		expect(sheet?.parameterControls.map(({ dateTimePicker }) => dateTimePicker.sourceParameterName)).toEqual(declared);
		for (const name of declared) expect(name).toMatch(/^[a-zA-Z0-9]+$/);
		const ids = shop.filterGroups.flatMap(({ filters }) =>
			filters.flatMap(Object.values).map(({ filterId }) => filterId),
		);
		for (const { dropdown } of sheet?.filterControls ?? []) expect(ids).toContain(dropdown.sourceFilterId);
	});

	it("gives charts of titles without a letter ids of their own", () => {
		expect(drawnOf([chart({ title: "日本" }), chart({ title: "中国" })]).map(({ id }) => id)).toEqual([
			"chart",
			"chart-2",
		]);
	});

	it("makes one filter of a column of two queries", () => {
		const of = (query: string) => chart({ title: query, query, x: "a", filters: ["country"] });
		const definition = definitionOf("s", "s", drawnOf([of("a.sql"), of("b.sql")]), {}) as unknown as Read;
		expect(definition.filterGroups.map(({ crossDataset }) => crossDataset)).toEqual(["ALL_DATASETS"]);
		expect(definition.sheets[0]?.filterControls).toHaveLength(1);
	});

	it("uses columns of the declared data, places every chart once, and none over another", () => {
		const declared = new Map(shop.dataSetIdentifierDeclarations.map((entry) => [entry.identifier, entry.dataSetArn]));
		expect(declared).toEqual(new Map(Object.entries(arns)));
		const used = JSON.stringify(shop).matchAll(/"dataSetIdentifier":"([\w-]+)","columnName":"(\w+)"/g);
		let uses = 0;
		for (const [, identifier, column] of used) {
			const data = drawn.find((entry) => entry.data.identifier === identifier)?.data;
			expect(data?.columns.map(({ name }) => name)).toContain(column);
			uses++;
		}
		expect(uses).toBeGreaterThan(20);
		const elements = shop.sheets[0]?.layouts[0]?.configuration.gridLayout.elements ?? [];
		expect(elements.map(({ elementId }) => elementId)).toEqual(visuals(shop).map(({ visualId }) => visualId));
		const cells = elements.flatMap(({ columnIndex, columnSpan, rowIndex, rowSpan }) =>
			Array.from(
				{ length: columnSpan * rowSpan },
				(_unused, i) => `${columnIndex + (i % columnSpan)},${rowIndex + Math.floor(i / columnSpan)}`,
			),
		);
		expect(new Set(cells).size).toBe(cells.length);
		for (const { columnIndex, columnSpan } of elements) expect(columnIndex + columnSpan).toBeLessThanOrEqual(36);
	});
});

function chart(fields: Partial<DefinedChart>): DefinedChart {
	const empty = { formats: {}, aggregates: {}, times: {}, labels: {}, filters: [] };
	return { title: "A", query: "a.sql", type: "bar", y: ["n"], ...empty, ...fields };
}

function visual(fields: Partial<DefinedChart>): unknown {
	const [entry] = drawnOf([chart(fields)]);
	if (entry === undefined) throw new Error("no data set");
	return chartVisual(entry.id, entry.chart, entry.data);
}

describe("a visual", () => {
	it.each([
		["line", { lineChartVisual: { chartConfiguration: { type: "LINE" } } }],
		["area", { lineChartVisual: { chartConfiguration: { type: "STACKED_AREA" } } }],
		["bar", { barChartVisual: { chartConfiguration: { orientation: "HORIZONTAL", barsArrangement: "CLUSTERED" } } }],
		[
			"stacked_bar",
			{ barChartVisual: { chartConfiguration: { orientation: "HORIZONTAL", barsArrangement: "STACKED" } } },
		],
		["column", { barChartVisual: { chartConfiguration: { orientation: "VERTICAL", barsArrangement: "CLUSTERED" } } }],
		["pie", { pieChartVisual: { visualId: "a" } }],
		["word_cloud", { wordCloudVisual: { visualId: "a" } }],
	] satisfies [ChartType, object][])("draws a %s", (type, expected) => {
		expect(visual({ type, x: "a" })).toMatchObject(expected);
	});

	it("has months as dates, the largest of names first, series as colours, and formats", () => {
		expect(visual({ type: "line", x: "m", times: { m: "month" }, series: "s", formats: { n: "eur" } })).toMatchObject({
			lineChartVisual: {
				chartConfiguration: {
					fieldWells: {
						lineChartAggregatedFieldWells: {
							category: [{ dateDimensionField: { dateGranularity: "MONTH" } }],
							colors: [{ categoricalDimensionField: { column: { columnName: "s" } } }],
							values: [
								{
									numericalMeasureField: {
										aggregationFunction: { simpleNumericalAggregation: "SUM" },
										formatConfiguration: {
											formatConfiguration: { currencyDisplayFormatConfiguration: { symbol: "EUR" } },
										},
									},
								},
							],
						},
					},
				},
			},
		});
		expect(visual({ x: "a", top: 3, aggregates: { n: "max" } })).toMatchObject({
			barChartVisual: {
				chartConfiguration: {
					sortConfiguration: {
						categorySort: [{ fieldSort: { fieldId: "a.n", direction: "DESC" } }],
						categoryItemsLimit: { itemsLimit: 3, otherCategories: "EXCLUDE" },
					},
					fieldWells: {
						barChartAggregatedFieldWells: {
							values: [{ numericalMeasureField: { aggregationFunction: { simpleNumericalAggregation: "MAX" } } }],
						},
					},
				},
			},
		});
	});

	it("is a number as a part of another, a count of different texts, or the rows of a table", () => {
		expect(visual({ type: "number", y: ["n", "all"], aggregates: { n: "count_distinct" } })).toMatchObject({
			kpiVisual: {
				chartConfiguration: {
					fieldWells: {
						values: [{ categoricalMeasureField: { aggregationFunction: "DISTINCT_COUNT" } }],
						targetValues: [{ numericalMeasureField: { column: { columnName: "all" } } }],
					},
				},
			},
		});
		expect(visual({ type: "table", y: ["name", "price"], formats: { price: "usd" } })).toMatchObject({
			tableVisual: {
				chartConfiguration: {
					fieldWells: { tableUnaggregatedFieldWells: { values: [{ fieldId: "a.name" }, { fieldId: "a.price" }] } },
					fieldOptions: { selectedFieldOptions: [{ customLabel: "Name" }, { customLabel: "Price" }] },
				},
			},
		});
	});
});
