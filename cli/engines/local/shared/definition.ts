import { zoneWithFolder } from "../../../../etl/contract/contract.ts";
import type { ModelDefinition } from "../../../../etl/contract/datasets.ts";
import { folderForm } from "../../../../etl/contract/names.ts";
import type { Definition } from "../../../../etl/definition/definition.ts";
import { PipelineError } from "../../../common/errors.ts";
import { exists } from "../../../common/fs.ts";
import { definitionPath, openDefinition, rememberedFolder, sampleDefinition } from "../../shared/definition.ts";
import { openModels } from "../../shared/models.ts";
import { type Asked, commandBeside } from "./beside.ts";
import type { LocalPaths } from "./paths.ts";
import { type LocalSettings, readSettings } from "./settings.ts";

/** The definition of the local stack, as its folder has it now; that of the sample shop where the stack names none. */
export async function stackDefinition(paths: LocalPaths): Promise<Definition> {
	const settings = await readSettings(paths);
	return openDefinition(settings?.pipeline ?? sampleDefinition);
}

/** Folder of the local stack's definition; undefined where there is no stack yet. */
export async function definitionFolder(paths: LocalPaths): Promise<string | undefined> {
	const settings = await readSettings(paths);
	return settings === undefined ? undefined : (settings.pipeline ?? sampleDefinition);
}

/** The models of the local stack's definition. */
export async function stackModels(paths: LocalPaths): Promise<readonly ModelDefinition[]> {
	return openModels(await stackDefinition(paths));
}

/** Whether a definition is the one that a stack has where nobody names one. */
export function isSample(pipeline: string): boolean {
	return pipeline === sampleDefinition;
}

/**
 * That the folders of schemas are free in the lake. Those that the definition itself names were looked at with it.
 * @throws PipelineError where one is there for something else, or written by a job of the definition.
 */
export function requireFreeFolders(schemas: readonly string[], folder: string): void {
	const { pipeline } = openDefinition(folder);
	for (const schema of schemas) {
		const zone = zoneWithFolder(schema);
		const own = folderForm(schema).toLowerCase();
		const job = pipeline.jobs.find(({ writes }) =>
			writes.some(({ prefix }) => `${prefix}/`.toLowerCase().startsWith(`${own}/`)),
		);
		if (zone === undefined && job === undefined) continue;
		throw new PipelineError("usage", {
			what: `The schema ${schema} cannot be replicated because of its name.`,
			why:
				zone === undefined
					? `The job ${job?.name} writes to the folder ${own} of the lake, which the schema's change logs would also use.`
					: `The ${zone} zone of the lake uses a folder of that name for something else.`,
			fix: "Rename the schema at the source, or do not replicate it.",
			next: "pipeline-cli source up --schema <name>",
		});
	}
}

/** What a stack replicates, as its settings have it. */
export interface ChosenPipeline {
	pipeline: string;
	/** Those of the definition, where the caller names no others. */
	schemas: string[];
}

/**
 * The pipeline that a stack gets, or keeps where none is named.
 * @param folder that of a definition.
 * @param known schemas that the stack has replicated so far, from this source.
 * @param asked what else the call asks for, which a stack of its own gets, too.
 * @throws PipelineError where the definition has a mistake, or the stack already replicates for another one.
 */
export async function choosePipeline(
	folder: string | undefined,
	settings: LocalSettings | undefined,
	known: readonly string[] | undefined,
	paths: LocalPaths,
	asked: Pick<Asked, "server" | "schemas"> = {},
): Promise<ChosenPipeline> {
	const before = settings?.pipeline ?? sampleDefinition;
	const wanted = folder === undefined ? before : rememberedFolder(folder);
	const isOther = settings !== undefined && wanted !== before;
	// A folder that is misspelt is refused as such: a stack of its own would not help.
	if (isOther && !(await exists(definitionPath(wanted)))) openDefinition(wanted);
	if (isOther && (await exists(paths.replication))) {
		throw new PipelineError("usage", {
			what: `The local stack in ${paths.home} already runs the pipeline of ${before}.`,
			why: "A stack runs one pipeline, and its lake and positions belong to that one.",
			fix: "Use a separate stack for this pipeline.",
			next: await commandBeside({ ...asked, pipeline: folder }, settings),
		});
	}
	const schemas = openDefinition(wanted).pipeline.schemas.map(({ name }) => name);
	return {
		pipeline: wanted,
		schemas: isOther || known === undefined ? schemas : [...known],
	};
}
