import { dirname, join, relative, sep } from "node:path";
import { exists } from "../../common/fs.ts";
import type { ExternalServer, SourceDescription, SourceTable } from "../../engines/port.ts";
import { personalColumns } from "../personalData.ts";
import { withCatalogNames } from "./catalogNames.ts";
import { definitionText, tableKey } from "./definitionText.ts";
import { firstAnswers } from "./firstAnswers.ts";
import { definitionPath, type Place } from "./place.ts";
import { projectText } from "./projectFile.ts";
import { stackText } from "./stackFile.ts";
import { checkAbsent, placeFiles } from "./writeFiles.ts";

export interface Initialised {
	name: string;
	/** Folder of the definition, from the project's root where it is within. */
	folder: string;
	/** Name of its stack on AWS. */
	stack: string;
	/** What was written, absolute. */
	files: string[];
	/** How many tables the server has, and how many of them each finding is about. */
	tables: number;
	/** Tables without a primary key, as schema.table. */
	withoutKey: string[];
	/** Columns that may hold personal data, as schema.table.column. */
	personal: string[];
	/** Tables with another name in the catalog, as schema.table. */
	aliases: Record<string, string>;
	/** Names of the models. */
	models: string[];
	/** Names of the queries. */
	queries: string[];
}

/** Where things are, absolute. */
export interface Roots {
	/** Of the user's project. */
	project: string;
	/** Of this program; the same in a clone. */
	tool: string;
}

/**
 * Writes a first definition for what a server has, and the file of its stack on AWS: all of it, or nothing. A project that has this
 * program as a package, and no `Pulumi.yaml` yet, gets one.
 * @throws PipelineError where one of the files is there already.
 */
export async function initialise(
	place: Place,
	roots: Roots,
	server: ExternalServer,
	{ tables, version }: SourceDescription,
): Promise<Initialised> {
	const named = withCatalogNames(tables);
	const { models, charts } = firstAnswers(named);
	const tool = await toolSeenFrom(roots);
	const schema = relative(place.folder, join(tool, "etl", "contract", "pipeline.schema.json"))
		.split(sep)
		.join("/");
	const definition = definitionText({
		name: place.name,
		jsonSchema: schema,
		server: `${server.host}:${server.port}`,
		version,
		tables: named,
		charts,
		hasModels: models.length > 0,
	});
	const files = new Map([
		[definitionPath(place), definition],
		...models.map(({ name, sql }) => [join(place.folder, "models", `${name}.sql`), sql] as const),
		...charts.map(({ query, sql }) => [join(place.folder, "queries", `${query}.sql`), sql] as const),
		[place.stackFile, stackText(place.stack, place.shown, server, version)],
	]);
	const projectFile = join(roots.project, "Pulumi.yaml");
	if (roots.project !== roots.tool && !(await exists(projectFile))) {
		files.set(projectFile, projectText(roots.project, relative(roots.project, tool).split(sep).join("/")));
	}
	await placeFiles(place, files, join(roots.tool, "etl"));
	return {
		name: place.name,
		folder: place.shown,
		stack: place.stack,
		files: [...files.keys()],
		tables: named.length,
		withoutKey: named.filter(({ primaryKey }) => primaryKey.length === 0).map(tableKey),
		personal: named.flatMap(personalNames),
		aliases: Object.fromEntries(
			named.filter(({ isAlias }) => isAlias).map((table) => [tableKey(table), table.catalogName]),
		),
		models: models.map(({ name }) => name),
		queries: charts.map(({ query }) => query),
	};
}

/** The program as the project names it, whatever a package manager's links lead to: so that an upgrade does not move it. */
async function toolSeenFrom({ project, tool }: Roots): Promise<string> {
	const installed = join(project, "node_modules", "analytics-pipeline");
	return (await exists(installed)) ? installed : tool;
}

/** Refuses a definition that is there already, before anybody is asked for a password. */
export function refuseExisting(place: Place): Promise<void> {
	return checkAbsent([definitionPath(place), place.stackFile], dirname(place.stackFile));
}

function personalNames(table: SourceTable): string[] {
	return personalColumns(table, []).map(([column]) => `${tableKey(table)}.${column}`);
}
