import { expect, it } from "vitest";
import { type Definition, readDefinition } from "../etl/definition/definition.ts";
import type { JobDefinition } from "../etl/definition/jobs.ts";
import { declaredTables } from "../etl/definition/tables.ts";
import { AnalyticsPipeline } from "./analyticsPipeline.ts";
import { parseConfig } from "./parseConfig.ts";
import { rules } from "./policy/rules.ts";
import { verdict } from "./policy/verdict.ts";
import { runProgram } from "./testing/program.ts";
import { repositoryPath, stackValues } from "./testing/stack.ts";

const library = readDefinition(repositoryPath("tests/pipelines/library"), repositoryPath("etl"));
const [schema] = library.pipeline.schemas;
const [builtIn] = library.jobs;
const numbered = (name: string, count: number): string[] =>
	Array.from({ length: count }, (_, index) => `${name}_${String(index).padStart(4, "0")}`);

/** Twenty schemas of fifty tables with rules, and thirty jobs, each with a folder of its own. */
function large(): Definition {
	if (schema === undefined || builtIn === undefined) throw new Error("the library has neither schema nor job");
	const schemas = numbered("company_schema", 20).map((name) => ({ ...schema, name }));
	const tables = schemas.flatMap(({ name }) =>
		numbered("a_table_with_a_name", 50).map((table) => ({
			schema: name,
			table,
			primaryKey: ["id"],
			rules: [],
			columns: {},
		})),
	);
	const jobs = numbered("made", 30).map((name): JobDefinition => {
		const folder = { zone: "processed", prefix: name } as const;
		return { ...builtIn, name: name.replace("_", "-"), reads: [], writes: [folder] };
	});
	const pipeline = { ...library.pipeline, schemas, tables };
	return { ...library, pipeline, datasets: declaredTables(pipeline), jobs: [...library.jobs, ...jobs] };
}

it("a thousand tables in twenty schemas with thirty jobs deploy: every document that grows is shorter than AWS takes", async () => {
	const config = parseConfig({
		...stackValues("prod"),
		notificationEmail: "data-platform@company.test",
		replicationTarget: "kinesis",
		dashboards: "athena",
		quickSightPrincipals: ["arn:aws-test:quicksight:eu-central-1:111122223333:user/default/analyst"],
	});
	const program = await runProgram(
		() => {
			const args = { stack: "prod", config, definition: large(), models: [], etlFolder: repositoryPath("etl") };
			new AnalyticsPipeline("analytics-pipeline-prod", args);
		},
		{ config: { "aws:region": "eu-central-1" } },
	);
	expect(program.ofType("aws:glue/dataQualityRuleset:DataQualityRuleset")).toHaveLength(1000);
	expect(verdict(rules["a document too long for AWS"], program)).toEqual([]);
}, 60_000);
