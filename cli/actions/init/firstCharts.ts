import type { SourceColumn } from "../../engines/port.ts";
import { byRows, type NamedTable } from "./catalogNames.ts";
import { personalColumns } from "./personalData.ts";
import { inComment } from "./yamlText.ts";

/** A chart of a new definition, and the SQL file that it shows. */
export interface FirstChart {
	title: string;
	/** Name of the query, and of its file. */
	query: string;
	sql: string;
	/** What else the definition says of the chart, as lines of YAML. */
	lines: readonly string[];
}

/** How many tables the chart of their rows has. */
const mostTables = 10;

/** Two charts that fit the tables: rows a day of the largest that has a day, and rows of the largest tables. */
export function firstCharts(tables: readonly NamedTable[]): FirstChart[] {
	const largest = byRows(tables);
	const [first] = largest;
	if (first === undefined) return [];
	const dated = largest
		.map((table) => ({ table, column: dayColumn(table) }))
		.find(({ column }) => column !== undefined);
	return [
		dated?.column === undefined ? rowsOf(first) : rowsADay(dated.table, dated.column),
		rowsOfTables(largest.slice(0, mostTables)),
	];
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

function rowsADay(table: NamedTable, column: SourceColumn): FirstChart {
	const title = `${shown(table)} a day`;
	const name = sqlName(column.name);
	return {
		title,
		query: "rows_a_day",
		sql: `-- ${title}
-- Rows of the table by the day of ${inComment(column.name)}.
-- Columns: day, row_count
SELECT CAST(${name} AS date) AS day, count(*) AS row_count
FROM ${sqlName(table.catalogName)}
WHERE ${name} IS NOT NULL
GROUP BY 1
ORDER BY 1
`,
		lines: ["type: line", "x: day", "y: row_count", "time: day", "labels: { day: Day, row_count: Rows }"],
	};
}

function rowsOf(table: NamedTable): FirstChart {
	const title = `Rows in ${shown(table)}`;
	return {
		title,
		query: "row_count",
		sql: `-- ${title}
-- Columns: row_count
SELECT count(*) AS row_count
FROM ${sqlName(table.catalogName)}
`,
		lines: ["type: number", "y: row_count", "format: number", "labels: { row_count: Rows }"],
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
