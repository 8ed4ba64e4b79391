import { catalogTables, changeLogName, currentTableOf, lake } from "../contract/contract.ts";
import type { Mistake } from "../contract/pipeline/mistakes.ts";
import { nearNames } from "../contract/pipeline/nearNames.ts";
import { isReplicated, type Pipeline } from "../contract/pipeline/pipeline.ts";
import { readTableName, type TableName } from "../contract/pipeline/values.ts";
import type { TableReference } from "./sql.ts";

/** A replicated table that is known to be there, and its name in the catalog. */
export interface KnownTable extends TableName {
	name: string;
}

/** What the names in models may stand for. */
export interface World {
	pipeline: Pipeline;
	/** All replicated tables of the server or of the lake; undefined where nobody has looked: then only the patterns are known. */
	tables: readonly KnownTable[] | undefined;
	/** Names of all models. */
	models: readonly string[];
}

/** Names of the catalog that no model may have, with what has them. */
export function ownerOf(name: string, { pipeline, tables }: World): string | undefined {
	if (name === catalogTables.clickstream) return "the clicks";
	const maker = pipeline.jobs.find(({ tables: made }) => made.some(({ table }) => table === name));
	if (maker !== undefined) return `a table of the job ${maker.name}`;
	for (const table of tables ?? aliased(pipeline)) {
		if (table.name === name) return `the table ${table.schema}.${table.table}`;
		if (changeLogName(table.name) === name) return `the change log of ${table.schema}.${table.table}`;
	}
	return undefined;
}

/** Tables that jobs make and the definition names. */
function madeNames({ jobs }: Pipeline): string[] {
	return jobs.flatMap(({ tables }) => tables.map(({ table }) => table.toLowerCase()));
}

/** Tables that the definition names, by what the catalog calls them. */
function aliased({ tables }: Pipeline): KnownTable[] {
	return tables.map(({ schema, table, alias }) => ({ schema, table, name: (alias ?? table).toLowerCase() }));
}

type Spot = Omit<Mistake, "what" | "fix">;

/** What is wrong with a table's name in a model's SQL; undefined where nothing is, as far as is known. */
export function nameMistake(file: string, model: string, reference: TableReference, world: World): Mistake | undefined {
	const { parts, line, column } = reference;
	const place = { file, path: [], line, column };
	const name = (parts.at(-1) ?? "").toLowerCase();
	if (parts.length > 1) {
		const schemaAndTable = { schema: parts.at(-2) ?? "", table: parts.at(-1) ?? "" };
		const known = [...(world.tables ?? []), ...aliased(world.pipeline)].find(
			(table) => table.schema === schemaAndTable.schema && table.table === schemaAndTable.table,
		);
		return {
			...place,
			what: `${parts.join(".")} is a qualified table name.`,
			fix: `Write ${known?.name ?? name}: all tables are in one database, with their names in the catalog.`,
		};
	}
	if (name === model) {
		const what = "A model cannot read itself.";
		return { ...place, what, fix: "Read its input tables instead, or the change log of a table." };
	}
	if (world.models.includes(name) || madeNames(world.pipeline).includes(name)) return undefined;
	if (name === catalogTables.clickstream && world.pipeline.clicks === undefined) {
		const what = "The pipeline does not define clicks.";
		return { ...place, what, fix: "Add clicks to pipeline.yaml: clicks: { schema: … }" };
	}
	if (name === catalogTables.clickstream) return undefined;
	const known = world.tables;
	if (known === undefined) return patternMistake(name, world.pipeline, place);
	const stem = currentTableOf(name) ?? name;
	if (known.some((table) => table.name === name || table.name === stem)) return undefined;
	return unknown(name, namesOf(world), place);
}

/** Where the server was not looked at: the table of a name that the definition leaves out in each schema is not there. */
function patternMistake(name: string, pipeline: Pipeline, place: Spot): Mistake | undefined {
	const stem = currentTableOf(name) ?? name;
	const isNamed = aliased(pipeline).some((table) => table.name === stem || table.name === name);
	const may = (schema: string): boolean =>
		isReplicated(pipeline, { schema, table: stem }) ||
		isReplicated(pipeline, { schema, table: name }) ||
		// Names in the catalog are lower case, the server's need not be.
		pipeline.schemas.some(
			(one) => one.name === schema && one.include.some((pattern) => pattern !== pattern.toLowerCase()),
		);
	if (isNamed || pipeline.schemas.some((schema) => may(schema.name))) return undefined;
	const patterns = pipeline.schemas.map(({ name: schema, include, exclude }) => {
		const without = exclude.length === 0 ? "" : ` without ${exclude.join(", ")}`;
		return `${schema}: ${include.join(", ")}${without}`;
	});
	return {
		...place,
		what: `The table ${JSON.stringify(name)} is not replicated (${patterns.join("; ")}).`,
		fix: "Add it to source.schemas in pipeline.yaml, or correct the name.",
	};
}

function unknown(name: string, names: readonly string[], place: Spot): Mistake {
	const [meant] = nearNames(name, names, 1);
	return {
		...place,
		what: `There is no table ${JSON.stringify(name)}.`,
		allowed: names,
		meant,
		fix: meant === undefined ? "Write one of these." : `Write ${meant}.`,
	};
}

/** All names that a model may read. */
function namesOf({ pipeline, tables, models }: World): string[] {
	const current = (tables ?? []).map(({ name }) => name);
	const clicks = pipeline.clicks === undefined ? [] : [catalogTables.clickstream];
	return [...new Set([...models, ...madeNames(pipeline), ...current, ...current.map(changeLogName), ...clicks])].sort();
}

/** The table that a relationship of a model's rule refers to: a model, a table by its name in the catalog, or `schema.table`. */
export function referredTo(to: string, world: World): TableName | { what: string; meant?: string; fix: string } {
	if (world.models.includes(to)) return { schema: lake.roots.models, table: to };
	const qualified = readTableName(to);
	if (qualified !== undefined) {
		const { schema, table } = qualified;
		const isModel = schema === lake.roots.models && world.models.includes(table);
		const isTable =
			isReplicated(world.pipeline, qualified) &&
			(world.tables?.some((known) => known.schema === schema && known.table === table) ?? true);
		if (isModel || isTable) return qualified;
	}
	const known = [...(world.tables ?? []), ...aliased(world.pipeline)].find(({ name }) => name === to.toLowerCase());
	if (known !== undefined) return { schema: known.schema, table: known.table };
	const [only, second] = world.pipeline.schemas;
	if (world.tables === undefined && only !== undefined && second === undefined && qualified === undefined) {
		const table = { schema: only.name, table: to };
		if (isReplicated(world.pipeline, table)) return table;
	}
	const [meant] = nearNames(
		to,
		[...world.models, ...(world.tables ?? aliased(world.pipeline)).map(({ name }) => name)],
		1,
	);
	return {
		what: `There is no table ${JSON.stringify(to)}.`,
		...(meant === undefined ? {} : { meant }),
		fix: meant === undefined ? "Write a model's name, or schema.table." : `Write ${meant}.`,
	};
}
