import type { ModelDefinition } from "../../../../etl/contract/datasets.ts";
import type { Definition } from "../../../../etl/definition/definition.ts";
import { openDefinition, sampleDefinition } from "../../shared/definition.ts";
import { openModels } from "../../shared/models.ts";
import type { LocalPaths } from "./paths.ts";
import { readSettings } from "./settings.ts";

/** The definition of the local stack, as its folder has it now; that of the sample shop where the stack names none. */
export async function stackDefinition(paths: LocalPaths): Promise<Definition> {
	const settings = await readSettings(paths);
	return openDefinition(settings?.pipeline ?? sampleDefinition);
}

/** The models of the local stack's definition. */
export async function stackModels(paths: LocalPaths): Promise<readonly ModelDefinition[]> {
	return openModels(await stackDefinition(paths));
}

/** Schemas that the definition names. */
export async function definedSchemas(paths: LocalPaths): Promise<string[]> {
	return (await stackDefinition(paths)).pipeline.schemas.map(({ name }) => name);
}
