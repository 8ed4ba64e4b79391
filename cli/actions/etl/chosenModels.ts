import type { ModelDefinition } from "../../../etl/contract/datasets.ts";
import type { JobDefinition } from "../../../etl/definition/jobs.ts";
import { SelectionError, selectModels } from "../../../etl/models/select.ts";
import { PipelineError } from "../../common/errors.ts";

/** The job that builds models. */
export const buildModels = "build-models";

/**
 * The job that builds models, for a run of some of them.
 * @param selections by dbt's graph operators, such as `revenue+`.
 * @throws PipelineError for a selection that no model fits.
 */
export function jobOfModels(
	jobs: readonly JobDefinition[],
	models: readonly ModelDefinition[],
	selections: readonly string[],
): JobDefinition[] {
	try {
		const names = selectModels(models, selections);
		return jobs
			.filter(({ name }) => name === buildModels)
			.map((job) => ({ ...job, forRun: { models: names.join(",") } }));
	} catch (error) {
		if (!(error instanceof SelectionError)) throw error;
		throw new PipelineError("usage", { what: error.message, fix: error.fix, next: "pipeline-cli run-etl --help" });
	}
}
