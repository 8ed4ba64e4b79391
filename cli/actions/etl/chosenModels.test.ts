import { expect, it } from "vitest";
import type { ModelDefinition } from "../../../etl/contract/datasets.ts";
import { builtInJobs } from "../../../etl/definition/jobs.ts";
import { PipelineError } from "../../common/errors.ts";
import { jobOfModels } from "./chosenModels.ts";

const model = (name: string, reads: readonly string[]): ModelDefinition => ({
	name,
	file: `models/${name}.sql`,
	sql: "SELECT 1",
	key: [],
	rules: [],
	references: reads.map((read) => ({ name: read, line: 1, column: 1 })),
	after: [...reads],
});
const jobs = builtInJobs("etl/jobs");
const models = [model("staged", []), model("revenue", ["staged"]), model("profit", ["revenue"])];

it("is one job, with the models that the selection has", () => {
	const [job, ...others] = jobOfModels(jobs, models, ["revenue+"]);
	expect(others).toEqual([]);
	expect([job?.name, job?.forRun]).toEqual(["build-models", { models: "revenue,profit" }]);
});

it("a selection that fits no model is a mistake of usage that names what there is", () => {
	const choose = () => jobOfModels(jobs, models, ["revenu"]);
	expect(choose).toThrow(PipelineError);
	expect(choose).toThrow("There is no model revenu.");
	try {
		choose();
	} catch (error) {
		expect(error instanceof PipelineError && error.text.fix).toContain("Did you mean revenue?");
	}
});
