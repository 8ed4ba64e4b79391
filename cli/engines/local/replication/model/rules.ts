import { createHash } from "node:crypto";
import {
	type ColumnAction,
	definedTable,
	type Newcomers,
	type Pipeline,
	type SourceSchema,
	saidOfColumn,
} from "../../../../../etl/contract/pipeline/pipeline.ts";
import { fits } from "../../../../../etl/contract/pipeline/values.ts";
import type { ChosenTables } from "./checkpoint.ts";
import type { TableName } from "./tableName.ts";

/** A table by its name, and by the one that it had before it was renamed. */
export interface RuledTable extends TableName {
	origin?: TableName | undefined;
}

/** What a definition says of the source: which tables are replicated, and what is done with their columns. */
export class Rules {
	readonly #pipeline: Pipeline;
	readonly #schemas: readonly string[];

	/** @param schemas those that the stack replicates; one that the definition does not name is replicated whole. */
	constructor(pipeline: Pipeline, schemas: readonly string[]) {
		this.#pipeline = pipeline;
		this.#schemas = schemas;
	}

	/** Patterns of the schemas, to be kept with what was loaded by them. */
	get chosen(): ChosenTables {
		return this.#schemas.map((schema) => {
			const { include, exclude } = this.#schema(schema);
			return { schema, include: [...include], exclude: [...exclude] };
		});
	}

	/** Equal where nothing else is said of the source. */
	get fingerprint(): string {
		const { schemas, columns, tables } = this.#pipeline;
		const said = tables.map(({ rules: _, description: __, ...table }) => table);
		return createHash("sha256")
			.update(JSON.stringify([schemas, columns, said, this.#schemas]))
			.digest("hex");
	}

	/** Whether a table fits the patterns. @param foldsCase whether the source compares names of tables without case. */
	isSelected({ schema, table }: TableName, foldsCase = false): boolean {
		return isChosen(this.chosen, { schema, table }, foldsCase);
	}

	/** What happens to a table that comes later; one that the definition names is replicated. @param foldsCase as for `isSelected`. */
	newTable(name: TableName, foldsCase = false): Newcomers {
		const { newTables, include } = this.#schema(name.schema);
		const isNamed = include.some((one) => one === name.table || (foldsCase && isSame(one, name.table)));
		return isNamed || this.#defined(name) !== undefined ? "include" : newTables;
	}

	newColumns(table: RuledTable): Newcomers {
		const rule = this.#rule(table);
		return this.#defined(table)?.newColumns ?? this.#defined(rule)?.newColumns ?? this.#schema(rule.schema).newColumns;
	}

	/** Whether there is a list of the columns that are replicated. */
	hasList(table: RuledTable): boolean {
		return this.#defined(this.#rule(table))?.onlyColumns !== undefined;
	}

	/** Whether values of any column may have to be withheld. */
	get withholds(): boolean {
		const { columns, tables, schemas } = this.#pipeline;
		return (
			Object.keys(columns).length > 0 ||
			tables.some((table) => this.#speaksOfColumns(table)) ||
			[...schemas, ...tables].some(({ newColumns }) => newColumns === "ignore")
		);
	}

	/** What is said of a column by its name. */
	said(table: RuledTable, column: string): ColumnAction | undefined {
		const rule = this.#rule(table);
		return saidOfColumn(this.#pipeline, this.#defined(rule) ?? rule, column);
	}

	/** What is done with a column of which nothing is known but its name. */
	action(table: RuledTable, column: string): ColumnAction {
		return this.said(table, column) ?? (this.hasList(table) ? "drop" : "keep");
	}

	/** Whether the definition says something of a table's columns. */
	speaksOf(name: TableName): boolean {
		return this.#speaksOfColumns(name) || this.newColumns(name) !== "include";
	}

	/** Columns that the table must have for what is said of it to be true: those with an action, and those of a list. */
	namedColumns(table: RuledTable): string[] {
		const { onlyColumns = [], columns = {} } = this.#defined(this.#rule(table)) ?? {};
		return [...onlyColumns, ...Object.keys(columns).filter((column) => columns[column] !== "keep")];
	}

	/** Tables of whose columns something is said, as the definition names them. */
	get tablesWithColumns(): TableName[] {
		return this.#pipeline.tables.filter(
			(table) => this.#schemas.includes(table.schema) && this.namedColumns(table).length > 0,
		);
	}

	/** The name under which the definition says what is done with a table's columns. */
	#rule({ schema, table, origin }: RuledTable): TableName {
		return origin === undefined || this.#speaksOfColumns({ schema, table }) ? { schema, table } : origin;
	}

	#speaksOfColumns(name: TableName): boolean {
		const { onlyColumns, columns = {} } = this.#defined(name) ?? {};
		return onlyColumns !== undefined || Object.keys(columns).length > 0;
	}

	#schema(schema: string): SourceSchema {
		const whole: SourceSchema = {
			...{ name: schema, include: ["*"], exclude: [] },
			...{ newTables: "include", newColumns: "include" },
		};
		return this.#pipeline.schemas.find(({ name }) => name === schema) ?? whole;
	}

	/** Where no table has exactly this name, one that differs in case only: a mask must not miss its table for that. */
	#defined(name: TableName): ReturnType<typeof definedTable> {
		return (
			definedTable(this.#pipeline, name) ??
			this.#pipeline.tables.find((one) => one.schema === name.schema && isSame(one.table, name.table))
		);
	}
}

/** Whether patterns choose a table. */
export function isChosen(chosen: ChosenTables, { schema, table }: TableName, foldsCase = false): boolean {
	const fold = (text: string): string => (foldsCase ? text.toLowerCase() : text);
	const found = chosen.find((one) => fold(one.schema) === fold(schema));
	const matches = (patterns: readonly string[]): boolean =>
		patterns.some((pattern) => fits(fold(table), fold(pattern)));
	return found !== undefined && matches(found.include) && !matches(found.exclude);
}

/** Whether two names of columns are one to MySQL. */
export function isSame(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}

/** The one of two actions that lets less out. */
export function stricter(a: ColumnAction, b: ColumnAction): ColumnAction {
	return strictness[a] < strictness[b] ? b : a;
}

const strictness: Readonly<Record<ColumnAction, number>> = { keep: 0, hash: 1, drop: 2 };
