import { describe, expect, it } from "vitest";
import { charts } from "../../etl/dashboard.ts";
import { datasets } from "../../tests/support/sampleShop.ts";
import { type DashboardEngine, dashboardData } from "./dashboardData.ts";
import { departmentDefinition, salesDefinition } from "./dashboardDefinition.ts";

/** A definition as QuickSight reads it. */
interface Read {
	dataSetIdentifierDeclarations: { identifier: string; dataSetArn: string }[];
	parameterDeclarations: { dateTimeParameterDeclaration: { name: string } }[];
	filterGroups: {
		filters: Record<string, { filterId: string; column: { dataSetIdentifier: string; columnName: string } }>[];
	}[];
	sheets: {
		parameterControls: { dateTimePicker: { sourceParameterName: string; title: string } }[];
		filterControls: { dropdown: { sourceFilterId: string; title: string } }[];
		visuals: Record<string, { visualId: string; title: { formatText: { plainText: string } } }>[];
		layouts: {
			configuration: {
				gridLayout: {
					elements: {
						elementId: string;
						columnIndex: number;
						columnSpan: number;
						rowIndex: number;
						rowSpan: number;
					}[];
				};
			};
		}[];
	}[];
}

const arns = {
	fact_orders: "arn:sales",
	joint_tables: "arn:products",
	clickstream_data: "arn:clicks",
	"<table>_changes": "arn:changes",
};
const departments = departmentDefinition(arns) as unknown as Read;
const sales = salesDefinition(arns) as unknown as Read;

const visuals = ({ sheets: [sheet] }: Read) => (sheet?.visuals ?? []).flatMap((visual) => Object.values(visual));
const filters = ({ filterGroups }: Read) => filterGroups.flatMap((group) => group.filters.flatMap(Object.values));

describe("QuickSight's dashboards", () => {
	it("show the sample shop's word cloud: departments, the larger the more products", () => {
		expect(departments.sheets[0]?.visuals[0]).toMatchObject({
			wordCloudVisual: {
				chartConfiguration: {
					fieldWells: {
						wordCloudAggregatedFieldWells: {
							groupBy: [
								{
									categoricalDimensionField: {
										column: { dataSetIdentifier: "joint_tables", columnName: "department" },
									},
								},
							],
							size: [
								{
									numericalMeasureField: {
										column: { columnName: "productid" },
										aggregationFunction: { simpleNumericalAggregation: "COUNT" },
									},
								},
							],
						},
					},
				},
			},
		});
	});

	it("show every chart of the web page, under its title", () => {
		const titles = visuals(sales).map(({ visualId, title }) => [visualId, title.formatText.plainText]);
		for (const [id, { title }] of Object.entries(charts)) expect(titles).toContainEqual([id, title]);
	});

	it("filter by date, country and product line, each chart by what etl/dashboard.ts says", () => {
		const acting = (identifier: string): string[] =>
			filters(sales)
				.filter(({ column }) => column.dataSetIdentifier === identifier)
				.map(({ column }) => column.columnName);
		for (const chart of Object.values(charts)) {
			const data: { identifier: string; date?: string } = dashboardData[chart.table];
			const columns = { dates: data.date, country: "country", productLine: "product_line" };
			expect(acting(data.identifier).sort(), chart.title).toEqual(chart.filters.map((name) => columns[name]).sort());
		}
	});

	it("have a control for every filter: one pair of dates for all data", () => {
		const [sheet] = sales.sheets;
		expect(sheet?.parameterControls.map(({ dateTimePicker }) => dateTimePicker.title)).toEqual(["From", "To"]);
		expect(sheet?.filterControls.map(({ dropdown }) => dropdown.title)).toEqual(["Country", "Product line"]);
		const declared = sales.parameterDeclarations.map((entry) => entry.dateTimeParameterDeclaration.name);
		expect(sheet?.parameterControls.map(({ dateTimePicker }) => dateTimePicker.sourceParameterName)).toEqual(declared);
		const ids = filters(sales).map(({ filterId }) => filterId);
		for (const { dropdown } of sheet?.filterControls ?? []) expect(ids).toContain(dropdown.sourceFilterId);
		const ranges = sales.filterGroups.flatMap((group) =>
			group.filters.flatMap((filter) => filter.timeRangeFilter ?? []),
		);
		expect(ranges).toHaveLength(3);
		for (const range of ranges) {
			expect(range).toMatchObject({ rangeMinimumValue: { parameter: "from" }, rangeMaximumValue: { parameter: "to" } });
		}
	});

	it.each([
		["department", departments],
		["sales", sales],
	])("%s uses columns of the declared data, places every chart once, and none over another", (_, definition) => {
		const declared = new Map(
			definition.dataSetIdentifierDeclarations.map((entry) => [entry.identifier, entry.dataSetArn]),
		);
		const found = JSON.stringify(definition).matchAll(
			/(?:"dataSetIdentifier":"(\w+)","columnName":"(\w+)"|"columnName":"(\w+)","dataSetIdentifier":"(\w+)")/g,
		);
		let uses = 0;
		for (const [, identifier = "", column] of found) {
			const [table, data] = Object.entries(dashboardData).find(([, entry]) => entry.identifier === identifier) ?? [];
			expect(declared.get(identifier)).toBe(arns[table as keyof typeof arns]);
			expect(data?.columns.map(({ name }) => name)).toContain(column);
			uses++;
		}
		expect(uses).toBeGreaterThan(2);
		const elements = definition.sheets[0]?.layouts[0]?.configuration.gridLayout.elements ?? [];
		expect(elements.map(({ elementId }) => elementId)).toEqual(visuals(definition).map(({ visualId }) => visualId));
		const cells = elements.flatMap(({ columnIndex, columnSpan, rowIndex, rowSpan }) =>
			Array.from(
				{ length: columnSpan * rowSpan },
				(_unused, i) => `${columnIndex + (i % columnSpan)},${rowIndex + Math.floor(i / columnSpan)}`,
			),
		);
		expect(new Set(cells).size).toBe(cells.length);
	});
});

describe("QuickSight's data", () => {
	it.each([
		["athena", /^"analytics_pipeline_dev"\.\w+$/],
		["warehouse", /^(analytics|lake)\.\w+$/],
	] satisfies [DashboardEngine, RegExp][])(
		// tests/infra/documents.test.ts parses it by the engines' grammars.
		"on %s query tables by their whole names",
		(engine, whole) => {
			for (const { sql } of Object.values(dashboardData)) {
				const statement = sql({ engine, database: "analytics_pipeline_dev", datasets });
				const tables = [...statement.matchAll(/\b(?:FROM|JOIN) ([^ ()]+)/g)].map(([, table]) => table);
				expect(tables.length).toBeGreaterThan(0);
				for (const table of tables) expect(table).toMatch(whole);
			}
		},
	);

	it("read product details from the struct on Athena, from columns of the warehouse", () => {
		const { sql } = dashboardData.joint_tables;
		expect(sql({ engine: "athena", database: "d", datasets })).toContain("productdetails.color AS color");
		expect(sql({ engine: "warehouse", database: "d", datasets })).not.toContain("productdetails");
	});
});
