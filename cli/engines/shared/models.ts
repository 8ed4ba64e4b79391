import type { ModelDefinition } from "../../../etl/contract/datasets.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import { orRefused } from "./definition.ts";

/**
 * The models of a definition, in an order in which they can be built. The parser of their SQL is loaded where there are any.
 * @throws PipelineError with every mistake, each with its file, its line and its fix.
 */
export async function openModels(definition: Definition): Promise<readonly ModelDefinition[]> {
	if (definition.pipeline.models === undefined) return [];
	const { definedModels } = await import("../../../etl/models/definedModels.ts");
	return orRefused(() => definedModels(definition));
}
