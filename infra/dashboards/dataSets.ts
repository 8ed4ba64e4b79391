import type { DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";
import { withTables } from "../../etl/definition/tableReferences.ts";

/** `athena` queries the catalog's tables, `warehouse` the schemas that `pipeline-cli warehouse apply` makes on Redshift. */
export type DashboardEngine = "athena" | "warehouse";

/** A chart with the SQL of its query. */
export interface ChartSource {
	chart: DefinedChart;
	sql: string;
}

/** A data set of QuickSight: what is queried of the engine, and the columns that come. One for each query. */
export interface ChartDataSet {
	/** The query's file, which charts name. */
	query: string;
	/** Name within a definition, and part of its id: letters, digits, `-`. */
	identifier: string;
	sql: string;
	columns: { name: string; type: ColumnType }[];
}

export type ColumnType = "STRING" | "DECIMAL" | "DATETIME";

/** QuickSight needs the columns before there is any row: of a table without `y`, nothing says which there are. */
export function isDrawable({ type, y }: DefinedChart): boolean {
	return type !== "table" || y.length > 0;
}

/** The data sets of charts, columns as the charts use them: measures are numbers, times are times, all else is text. */
export function chartDataSets(sources: readonly ChartSource[]): ChartDataSet[] {
	const drawable = sources.filter(({ chart }) => isDrawable(chart));
	const queries = [...new Set(drawable.map(({ chart }) => chart.query))];
	const taken = new Set<string>();
	return queries.map((query) => {
		const mine = drawable.filter(({ chart }) => chart.query === query);
		const names = [...new Set(mine.flatMap(({ chart }) => columnsOf(chart)))];
		return {
			query,
			identifier: identifierOf(query, taken),
			sql: mine[0]?.sql ?? "",
			columns: names.map((name) => ({
				name,
				type: typeOf(
					name,
					mine.map(({ chart }) => chart),
				),
			})),
		};
	});
}

function columnsOf({ x, series, y, filters }: DefinedChart): string[] {
	return [x, series, ...y, ...filters].flatMap((name) => name ?? []);
}

function typeOf(name: string, charts: readonly DefinedChart[]): ColumnType {
	if (charts.some(({ times }) => times[name] !== undefined)) return "DATETIME";
	const isMeasure = ({ type, y, formats, aggregates }: DefinedChart): boolean =>
		y.includes(name) && (type === "table" ? formats[name] !== undefined : aggregates[name] !== "count_distinct");
	return charts.some(isMeasure) ? "DECIMAL" : "STRING";
}

/** `queries/sales_by_day.sql` is `sales-by-day`. */
function identifierOf(query: string, taken: Set<string>): string {
	const name = query.replace(/^.*\//, "").replace(/\.sql$/, "");
	return newId(name, taken);
}

/** An id of a text that no other has. */
export function newId(text: string, taken: Set<string>): string {
	const base = slug(text);
	let id = base;
	for (let count = 2; taken.has(id); count++) id = `${base}-${count}`;
	taken.add(id);
	return id;
}

/** A text as part of an id. */
export function slug(text: string): string {
	const plain = text
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "-")
		.replaceAll(/^-|-$/g, "");
	return plain === "" ? "chart" : plain;
}

export interface DataSource {
	engine: DashboardEngine;
	/** The catalog's database. */
	database: string;
	/** Views of the warehouse; its other tables are those of the lake. */
	views: readonly string[];
}

/**
 * The statement of a data set. Each column is of the type that QuickSight is given, and tables have their whole names, as
 * QuickSight's sources have no schema of their own.
 */
export function dataSetSql({ sql, columns }: ChartDataSet, { engine, database, views }: DataSource): string {
	const named = withTables(sql, (parts) => {
		const [table = ""] = parts;
		if (parts.length !== 1) return undefined;
		if (engine === "athena") return `"${database}".${quoted(table)}`;
		return views.includes(table.toLowerCase()) ? `analytics.${quoted(table)}` : `lake.${quoted(table)}`;
	});
	const types: Record<ColumnType, string> = {
		// Redshift's varchar without a length has 256 bytes.
		STRING: engine === "athena" ? "varchar" : "varchar(1024)",
		DECIMAL: engine === "athena" ? "double" : "float8",
		DATETIME: "timestamp",
	};
	const selected = columns.map(({ name, type }) => `CAST(${quoted(name)} AS ${types[type]}) AS ${quoted(name)}`);
	return `SELECT ${selected.join(", ")}\nFROM (\n${named.trim().replace(/;$/, "")}\n) AS chart`;
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
