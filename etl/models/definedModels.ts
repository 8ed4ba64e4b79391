import { join, relative } from "node:path";
import type { ModelDefinition } from "../contract/datasets.ts";
import type { Definition } from "../definition/definition.ts";
import { modelFiles } from "../definition/modelFiles.ts";
import { readModels } from "./readModels.ts";

/**
 * The models of a definition as its folder has them now. Which tables there are, the server knows: a name that the patterns
 * of the definition allow is looked up by the job.
 * @throws DefinitionError with every mistake.
 */
export function definedModels({ folder, pipeline }: Pick<Definition, "folder" | "pipeline">): ModelDefinition[] {
	if (pipeline.models === undefined) return [];
	const path = join(folder, pipeline.models);
	return readModels(modelFiles(path, relative(process.cwd(), path)), { pipeline, tables: undefined });
}
