import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Dataset } from "../contract/datasets.ts";
import { DefinitionError } from "../contract/pipeline/mistakes.ts";
import type { DefinedClicks, Pipeline } from "../contract/pipeline/pipeline.ts";
import { builtInJobs, type JobDefinition } from "./jobs.ts";
import { afterTheirInputs } from "./modelInputs.ts";
import { type NamedQuery, namedQueries, namedQuery } from "./namedQueries.ts";
import { parsedFile } from "./parsedFile.ts";
import { declaredTables, madeTables } from "./tables.ts";

/** The file of a definition's folder that the others are named in. */
export const definitionFile = "pipeline.yaml";

/** A pipeline's definition: `pipeline.yaml`, and what it names of its folder. */
export interface Definition {
	/** Absolute. */
	folder: string;
	pipeline: Pipeline;
	/** Replicated tables of which the file says something. */
	datasets: readonly Dataset[];
	/** Tables that jobs make, of which the file says something. */
	made: readonly Dataset[];
	/** All jobs: the built-in ones, and the file's own. */
	jobs: readonly JobDefinition[];
	/** Absolute paths of what makes sample data. */
	sampleData?: { script: string; dump?: string };
	/** The template of a click, and the query by which verify-clicks checks what jobs make of clicks. */
	clicks?: { template?: string; check?: NamedQuery };
	/** Named queries, by name. */
	queries: readonly NamedQuery[];
	/** Views of the warehouse, by name. */
	views: readonly NamedQuery[];
}

/**
 * Reads a definition as it is now.
 * @param folder its folder.
 * @param etlFolder the project's `etl`, where the scripts of the built-in jobs are.
 * @throws DefinitionError with every mistake.
 */
export function readDefinition(folder: string, etlFolder: string): Definition {
	const file = join(folder, definitionFile);
	const shown = relative(process.cwd(), file);
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		const fix = "Choose a folder that contains a definition. To create one: pipeline-cli init.";
		throw new DefinitionError(shown, [{ line: 1, column: 1, path: [], what: `It cannot be read: ${why}.`, fix }]);
	}
	const pipeline = parsedFile(resolve(file), text, shown, (path) => existsSync(join(folder, path)));
	const sqlOf = (name: string | undefined) => (name === undefined ? [] : namedQueries(join(folder, name)));
	return {
		folder: resolve(folder),
		pipeline,
		datasets: declaredTables(pipeline),
		made: madeTables(pipeline),
		jobs: afterTheirInputs(
			[...builtInJobs(join(etlFolder, "jobs")), ...pipeline.jobs.map((job) => ownJob(job, folder))],
			pipeline,
			folder,
		),
		...(pipeline.sampleData === undefined ? {} : { sampleData: below(pipeline.sampleData, folder) }),
		...(pipeline.clicks === undefined ? {} : { clicks: clickFiles(pipeline.clicks, folder) }),
		queries: sqlOf(pipeline.queries),
		views: sqlOf(pipeline.warehouse),
	};
}

function below(
	{ script, dump }: NonNullable<Pipeline["sampleData"]>,
	folder: string,
): NonNullable<Definition["sampleData"]> {
	return { script: resolve(folder, script), ...(dump === undefined ? {} : { dump: resolve(folder, dump) }) };
}

function clickFiles({ template, check }: DefinedClicks, folder: string): NonNullable<Definition["clicks"]> {
	return {
		...(template === undefined ? {} : { template: readFileSync(join(folder, template), "utf8") }),
		...(check === undefined ? {} : { check: namedQuery(join(folder, check)) }),
	};
}

function ownJob(job: Pipeline["jobs"][number], folder: string): JobDefinition {
	const { name, script, description = name, after, reads, writes, usesSource } = job;
	const own = { name, script: resolve(folder, script), description, after, reads, writes, usesSource };
	return { ...own, arguments: job.arguments };
}
