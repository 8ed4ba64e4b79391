import { join } from "node:path";
import { catalogTables, changeLogName, lake } from "../../../etl/contract/contract.ts";
import { fromFolder } from "../../../etl/contract/names.ts";
import type { Place } from "../../../etl/contract/pipeline/values.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import { modelFiles } from "../../../etl/definition/modelFiles.ts";
import { tableReferences } from "../../../etl/definition/tableReferences.ts";
import type { Lineage, Part, Relative, ShownChart, TableView } from "../../dashboard/data.ts";
import type { ObjectStore } from "../../engines/port.ts";
import type { RegisteredTable } from "./tableFacts.ts";

/** What a lineage is made of: the definition's own files, so that it is there before anything has run. */
export type Described = Pick<Definition, "folder" | "pipeline" | "queries" | "views">;

/** Something of the definition that reads tables. */
interface Reader extends Relative {
	tables: ReadonlySet<string>;
}

interface Known {
	/** Of the catalog. */
	tables: readonly RegisteredTable[];
	/** The raw and the processed one. */
	zones: readonly Pick<ObjectStore, "uri">[];
	definition: Described;
	charts: readonly Pick<ShownChart, "id" | "chart" | "sql">[];
}

/** The page's tables with where each comes from and what reads it. */
export function withLineage(views: Part<TableView[]>, { tables, zones, definition, charts }: Known): Part<TableView[]> {
	if (!views.ok) return views;
	const registered = new Map(tables.map((table) => [table.name, table]));
	const lineage = lineageOf(definition, charts);
	const value = views.value.map((view): TableView => {
		const table = registered.get(view.name) ?? registered.get(changeLogName(view.name));
		const zone = zones.find(({ uri }) => table?.location.startsWith(uri));
		if (table === undefined || zone === undefined) return view;
		return { ...view, lineage: lineage(view.name, table.location.slice(zone.uri.length).replace(/\/$/, "")) };
	});
	return { ok: true, value };
}

/** @returns the lineage of a table by its name in the catalog and its folder below the zone. */
function lineageOf(definition: Described, charts: Known["charts"]): (name: string, folder: string) => Lineage {
	const { pipeline } = definition;
	const models = modelsOf(definition);
	const readers: Reader[] = [
		...models.values(),
		...charts.map(({ id, chart, sql }) => reader({ kind: "chart", name: chart.title, id }, sql)),
		...definition.queries.map(({ name, sql }) => reader({ kind: "query", name }, sql)),
		...definition.views.map(({ name, sql }) => reader({ kind: "view", name }, sql)),
	];
	const reads = (name: string): Relative[] =>
		readers
			.filter(({ tables }) => tables.has(name) || tables.has(changeLogName(name)))
			.map(({ tables: _, ...relative }) => relative);
	return (name, folder) => {
		const jobs = pipeline.jobs.filter((job) => job.reads.some((place) => isBelow(folder, place)));
		return {
			from: sourcesOf(name, folder, models, pipeline),
			usedBy: [...jobs.map((job): Relative => ({ kind: "job", name: job.name })), ...reads(name)],
		};
	};
}

function modelsOf({ folder, pipeline }: Described): Map<string, Reader> {
	if (pipeline.models === undefined) return new Map();
	const files = modelFiles(join(folder, pipeline.models), pipeline.models);
	return new Map(
		files.map(({ file, content }) => {
			const name = file.slice(file.lastIndexOf("/") + 1, -".sql".length).toLowerCase();
			return [name, reader({ kind: "model", name }, content, "spark")];
		}),
	);
}

function reader(relative: Relative, sql: string, dialect?: "spark"): Reader {
	const tables = tableReferences(sql, dialect).flatMap(({ parts }) => parts.at(-1)?.toLowerCase() ?? []);
	return { ...relative, tables: new Set(tables) };
}

function sourcesOf(
	name: string,
	folder: string,
	models: ReadonlyMap<string, Reader>,
	{ jobs, schemas }: Described["pipeline"],
): Relative[] {
	if (name === catalogTables.clickstream) return [{ kind: "clicks", name: "clickstream" }];
	const [root = "", ...rest] = folder.split("/");
	const model = root === lake.roots.models ? models.get(name) : undefined;
	if (model !== undefined) return [...model.tables].map((table) => ({ kind: "table", name: table }));
	const job = jobs.find(({ writes }) => writes.some((place) => isBelow(folder, place)));
	if (job !== undefined) {
		const places = job.reads.map((place): Relative => ({ kind: "place", name: `${place.zone}/${place.prefix}` }));
		return [{ kind: "job", name: job.name }, ...places];
	}
	// A current table, or the change log of one that has none.
	const [schema = "", table = ""] = (root === lake.roots.current ? rest : [root, ...rest]).map(fromFolder);
	const isReplicated = schemas.some((one) => one.name === schema);
	return isReplicated ? [{ kind: "source", name: `${schema}.${table}` }] : [];
}

function isBelow(folder: string, { prefix }: Place): boolean {
	return folder === prefix || folder.startsWith(prefix === "" ? "" : `${prefix}/`);
}
