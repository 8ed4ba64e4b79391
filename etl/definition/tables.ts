import { lake } from "../contract/contract.ts";
import type { Dataset, TableDefinition, TableRule } from "../contract/datasets.ts";
import { catalogForm, folderForm } from "../contract/names.ts";
import type { Pipeline } from "../contract/pipeline/pipeline.ts";

/** The tables of a definition as the jobs read them, at `--datasets_uri`. */

interface Declared {
	schema: string;
	table: string;
	alias?: string;
	primaryKey?: readonly string[];
	rules: readonly TableRule[];
}

/** Replicated tables of which the definition says something, by schema. */
export function declaredTables({ tables }: Pipeline): Dataset[] {
	return bySchema(tables);
}

/** Folders that jobs write, each with the tables in it of which the definition says something. */
export function madeTables({ jobs }: Pipeline): Dataset[] {
	const tables = jobs.flatMap((job) => job.tables);
	const folders = jobs.flatMap(({ writes }) => writes.map(({ prefix }) => prefix));
	return [...new Set(folders)].map((schema) => ({
		schema,
		tables: tables.filter((table) => table.schema === schema).map(definitionOf),
	}));
}

/** Folders of the processed zone that hold tables: change logs by schema, current tables, models, and what jobs write. */
export function tableFolders({ schemas, jobs }: Pick<Pipeline, "schemas" | "jobs">): string[] {
	const written = jobs.flatMap(({ writes }) => writes.filter(({ zone }) => zone === "processed"));
	return [
		...schemas.map(({ name }) => folderForm(name)),
		lake.roots.current,
		lake.roots.models,
		...written.map(({ prefix }) => prefix),
	];
}

/**
 * Name in the catalog of a current table, unless the jobs had to give it another because two would have this one; that of its change
 * log is made by `changeLogName`.
 */
export function catalogName(table: Pick<TableDefinition, "name" | "alias">): string {
	return table.alias?.toLowerCase() ?? catalogForm(table.name);
}

function bySchema(tables: readonly Declared[]): Dataset[] {
	const schemas = [...new Set(tables.map(({ schema }) => schema))];
	return schemas.map((schema) => ({
		schema,
		tables: tables.filter((table) => table.schema === schema).map(definitionOf),
	}));
}

function definitionOf({ table, alias, primaryKey, rules }: Declared): TableDefinition {
	const keyRules = (primaryKey ?? []).map(
		(column): TableRule => ({ kind: "not_null", columns: [column], severity: "error" }),
	);
	return {
		name: table,
		...(primaryKey === undefined ? {} : { key: primaryKey }),
		...(alias === undefined ? {} : { alias }),
		rules: [...keyRules, ...rules.flatMap(byColumn)],
	};
}

/** A report names the column that lacks a value, so each has a rule of its own. */
function byColumn(rule: TableRule): TableRule[] {
	if (rule.kind !== "not_null") return [rule];
	return rule.columns.map((column) => ({ ...rule, columns: [column] }));
}
