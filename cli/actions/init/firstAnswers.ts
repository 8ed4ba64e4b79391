import type { SourceColumn } from "../../engines/port.ts";
import { personalColumns } from "../personalData.ts";
import { byRows, freeName, type NamedTable } from "./catalogNames.ts";
import { inComment, yamlText } from "./yamlText.ts";

/** A chart of a new definition, and the SQL file that it shows. */
export interface FirstChart {
	title: string;
	/** Name of the query, and of its file. */
	query: string;
	sql: string;
	/** What else the definition says of the chart, as lines of YAML. */
	lines: readonly string[];
}

/** A model of a new definition: a table that is made of others. */
export interface FirstModel {
	/** The table's name, and its file's. */
	name: string;
	/** Spark SQL with its header. */
	sql: string;
}

export interface FirstAnswers {
	/** None where the server has no table. */
	models: readonly FirstModel[];
	charts: readonly FirstChart[];
}

/** How many tables the chart of their rows has. */
const mostTables = 10;

/**
 * What fits the tables: a model of the largest, with rows a day where a column has days; a chart of that model; and one of the rows
 * of the largest tables.
 */
export function firstAnswers(tables: readonly NamedTable[]): FirstAnswers {
	const largest = byRows(tables);
	const [first] = largest;
	if (first === undefined) return { models: [], charts: [] };
	const dated = largest
		.map((table) => ({ table, column: dayColumn(table) }))
		.find(({ column }) => column !== undefined);
	const { model, chart } =
		dated?.column === undefined ? rowsOf(first, tables) : rowsByDay(dated.table, dated.column, tables);
	return { models: [model], charts: [chart, rowsOfTables(largest.slice(0, mostTables))] };
}

const beginnings = /created|inserted|placed|ordered|registered|orderdate|order_date/i;
const others = /updated|modified|changed|deleted|removed|expire|expiry|until|due|last/i;

/** The column by which rows have a day: when they came into being, if a name says so. */
function dayColumn(table: NamedTable): SourceColumn | undefined {
	const masked = new Set(personalColumns(table, []).map(([name]) => name));
	const rank = ({ name, nullable }: SourceColumn): number =>
		(beginnings.test(name) ? 0 : others.test(name) ? 4 : 2) + (nullable ? 1 : 0);
	return table.columns
		.filter(({ name, type }) => ["date", "datetime", "timestamp"].includes(type) && !masked.has(name))
		.sort((a, b) => rank(a) - rank(b))[0];
}

function rowsByDay(
	table: NamedTable,
	column: SourceColumn,
	tables: readonly NamedTable[],
): { model: FirstModel; chart: FirstChart } {
	const title = `${shown(table)} by day`;
	const model = freeName(`${table.catalogName}_by_day`, tables);
	const name = sparkName(column.name);
	return {
		model: {
			name: model,
			sql: `-- description: ${yamlText(`Rows of ${shown(table)} by day of ${inComment(column.name)}`)}
-- primary_key: [day]
SELECT CAST(${name} AS date) AS day, count(*) AS row_count
FROM ${sparkName(table.catalogName)}
WHERE ${name} IS NOT NULL
GROUP BY CAST(${name} AS date)
`,
		},
		chart: {
			title,
			query: "rows_by_day",
			sql: `-- ${title}
-- Reads the model ${model}.
-- Columns: day, row_count
SELECT day, row_count
FROM ${sqlName(model)}
ORDER BY day
`,
			lines: ["type: line", "x: day", "y: row_count", "time: day", "labels: { day: Day, row_count: Rows }"],
		},
	};
}

function rowsOf(table: NamedTable, tables: readonly NamedTable[]): { model: FirstModel; chart: FirstChart } {
	const title = `Rows in ${shown(table)}`;
	const model = freeName(`${table.catalogName}_rows`, tables);
	return {
		model: {
			name: model,
			sql: `-- description: ${yamlText(`How many rows ${shown(table)} has`)}
SELECT count(*) AS row_count
FROM ${sparkName(table.catalogName)}
`,
		},
		chart: {
			title,
			query: "row_count",
			sql: `-- ${title}
-- Reads the model ${model}.
-- Columns: row_count
SELECT row_count
FROM ${sqlName(model)}
`,
			lines: ["type: number", "y: row_count", "format: number", "labels: { row_count: Rows }"],
		},
	};
}

function rowsOfTables(tables: readonly NamedTable[]): FirstChart {
	const title = "Rows of the largest tables";
	const severalSchemas = new Set(tables.map(({ schema }) => schema)).size > 1;
	const selects = tables.map(({ schema, name, catalogName }) => {
		const label = severalSchemas ? `${schema}.${name}` : name;
		return `SELECT ${sqlText(label)} AS table_name, count(*) AS row_count FROM ${sqlName(catalogName)}`;
	});
	return {
		title,
		query: "table_rows",
		sql: `-- ${title}
-- Columns: table_name, row_count
${selects.join("\nUNION ALL\n")}
ORDER BY row_count DESC, table_name
`,
		lines: ["type: bar", "x: table_name", "y: row_count", "labels: { table_name: Table, row_count: Rows }"],
	};
}

/** A table's name in a title. */
function shown({ name }: NamedTable): string {
	return inComment(name);
}

/** A name in the SQL that Athena and DuckDB share. */
function sqlName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

function sqlText(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}

/** A name in Spark's SQL. */
function sparkName(name: string): string {
	return `\`${name.replaceAll("`", "``")}\``;
}
