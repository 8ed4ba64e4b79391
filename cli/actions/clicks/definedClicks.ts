import type { DefinedClicks } from "../../../etl/contract/pipeline/pipeline.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import { PipelineError } from "../../common/errors.ts";

/**
 * What the definition says of clicks.
 * @throws PipelineError where it has none.
 */
export function definedClicks({ pipeline }: Pick<Definition, "pipeline">): DefinedClicks {
	if (pipeline.clicks !== undefined) return pipeline.clicks;
	throw new PipelineError("usage", {
		what: `The pipeline ${pipeline.name} does not define clicks.`,
		why: "pipeline.yaml has no clicks section.",
		fix: "Add one to pipeline.yaml, for example clicks: { schema: { page: string, price: double }, template: click.template }",
		next: "pipeline-cli clicks send --help",
	});
}

/**
 * The template of the clicks that are sent where none is named.
 * @throws PipelineError where the definition has none.
 */
export function clickTemplate(definition: Pick<Definition, "pipeline" | "clicks">): string {
	definedClicks(definition);
	const template = definition.clicks?.template;
	if (template !== undefined) return template;
	throw new PipelineError("usage", {
		what: `The pipeline ${definition.pipeline.name} has no click template.`,
		fix: "Set clicks.template in pipeline.yaml, or pass a file with --template.",
		next: "pipeline-cli clicks send --template click.json",
	});
}
