import type { TableRule } from "../datasets.ts";
import type { aggregates, ClickType, chartTypes, timeUnits } from "./schema.ts";
import type { columnActions, newcomers, severities } from "./tableSchema.ts";
import { fits, type Place, type TableName } from "./values.ts";

/** A definition as the programs use it: every choice of spelling and every default is resolved. */

export type ColumnAction = (typeof columnActions)[number];
export type Newcomers = (typeof newcomers)[number];
export type Severity = (typeof severities)[number];
export type ChartType = (typeof chartTypes)[number];
export type Aggregate = (typeof aggregates)[number];
export type TimeUnit = (typeof timeUnits)[number];

export interface SourceSchema {
	name: string;
	/** Patterns in which `*` stands for any characters; `exclude` wins. */
	include: readonly string[];
	exclude: readonly string[];
	newTables: Newcomers;
	newColumns: Newcomers;
}

export type { TableRule };

export interface DefinedTable extends TableName {
	description?: string;
	alias?: string;
	/** Absent where the server says it. */
	primaryKey?: readonly string[];
	/** By name; columns that are not among them are kept. */
	columns: Readonly<Record<string, ColumnAction>>;
	/** Where there is a list: no other column is replicated. */
	onlyColumns?: readonly string[];
	/** Absent: that of the schema. */
	newColumns?: Newcomers;
	rules: readonly TableRule[];
}

export interface DefinedJob {
	name: string;
	/** Below the definition's folder. */
	script: string;
	description?: string;
	after: readonly string[];
	reads: readonly Place[];
	writes: readonly Place[];
	/** What is said of tables that it makes; their schema is the first place that it writes. */
	tables: readonly MadeTable[];
	arguments: Readonly<Record<string, string>>;
	usesSource: boolean;
}

export interface MadeTable extends TableName {
	description?: string;
	primaryKey: readonly string[];
	rules: readonly TableRule[];
}

export interface DefinedChart {
	title: string;
	/** Below the definition's folder. */
	query: string;
	type: ChartType;
	x?: string;
	y: readonly string[];
	series?: string;
	/** By column of `y`. */
	formats: Readonly<Record<string, string>>;
	/** By column of `y`; the others are summed. */
	aggregates: Readonly<Record<string, Aggregate>>;
	/** Columns that are times, as far as the definition says so. */
	times: Readonly<Record<string, TimeUnit>>;
	labels: Readonly<Record<string, string>>;
	filters: readonly string[];
	top?: number;
	/** Of QuickSight: an analysis and a dashboard of their own for the charts of one name. */
	dashboard?: string;
	description?: string;
}

export type Schedule = { everySeconds: number } | { cron: string; timezone: string };

export interface DefinedClicks {
	schema: Readonly<Record<string, ClickType>>;
	/** Files below the definition's folder. */
	template?: string;
	check?: string;
}

export type RowValues = Readonly<Record<string, string | number | boolean | null>>;

/** What verify-cdc writes. */
export interface Verification {
	table: TableName;
	/** None: a heartbeat. */
	rows: readonly RowValues[];
	/** Columns that get a mark; none: the rows are written as they stand. */
	marker: readonly string[];
	/** The table is as the sample data filled it where it has so many rows, and such a one among them. */
	sample?: { rowCount: number; row: RowValues };
}

export interface Pipeline {
	name: string;
	description?: string;
	schemas: readonly SourceSchema[];
	/** What is done with a column of this name, in whatever table that says nothing else of it. */
	columns: Readonly<Record<string, ColumnAction>>;
	/** Of rules that name none. */
	severity: Severity;
	tables: readonly DefinedTable[];
	/** Folders below the definition's. */
	models?: string;
	queries?: string;
	warehouse?: string;
	jobs: readonly DefinedJob[];
	clicks?: DefinedClicks;
	charts: readonly DefinedChart[];
	verify?: Verification;
	/** Paths below the definition's folder, and the name of a query. */
	sampleData?: { script: string; dump?: string; query?: string };
	schedule?: Schedule;
}

/** What the definition says of a table; undefined where it says nothing. */
export function definedTable(pipeline: Pipeline, { schema, table }: TableName): DefinedTable | undefined {
	return pipeline.tables.find((one) => one.schema === schema && one.table === table);
}

/** Whether a table of the source is replicated: exclude wins over include. */
export function isReplicated(pipeline: Pipeline, { schema, table }: TableName): boolean {
	const source = pipeline.schemas.find(({ name }) => name === schema);
	const matches = (patterns: readonly string[]): boolean => patterns.some((pattern) => fits(table, pattern));
	return source !== undefined && matches(source.include) && !matches(source.exclude);
}

/** What is done with a column of a replicated table: what is said of the table wins over what is said of all. */
export function columnAction(pipeline: Pipeline, table: TableName, column: string): ColumnAction {
	const said = saidOfColumn(pipeline, table, column);
	return said ?? (definedTable(pipeline, table)?.onlyColumns === undefined ? "keep" : "drop");
}

/**
 * What the definition says of a column by its name; undefined where it does not name it. Names of columns are compared as MySQL
 * does, without case: a mask must not miss its column for that.
 */
export function saidOfColumn(pipeline: Pipeline, table: TableName, column: string): ColumnAction | undefined {
	const defined = definedTable(pipeline, table);
	if (defined?.onlyColumns !== undefined) {
		return defined.onlyColumns.some((name) => folded(name) === folded(column)) ? "keep" : undefined;
	}
	return own(defined?.columns, column) ?? own(pipeline.columns, column);
}

function own<T>(of: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
	if (of === undefined) return undefined;
	const found = Object.keys(of).find((one) => folded(one) === folded(name));
	return found === undefined ? undefined : of[found];
}

function folded(name: string): string {
	return name.toLowerCase();
}
