import * as aws from "@pulumi/aws";
import * as native from "@pulumi/aws-native/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { ModelDefinition } from "../etl/contract/datasets.ts";
import { type Definition, readDefinition } from "../etl/definition/definition.ts";
import { definedModels } from "../etl/models/definedModels.ts";
import { AnalyticsPipeline } from "./analyticsPipeline.ts";
import type { PipelineConfig } from "./config.ts";
import { leftToDo } from "./leftToDo.ts";
import type { PipelineOutputs } from "./outputs.ts";
import { definitionPath, toolPath } from "./projectFolder.ts";
import { dmsRefusals } from "./replication/dmsRefusals.ts";
import { omitUndefined } from "./shared/omitUndefined.ts";
import { readConfig } from "./stackConfig.ts";

/**
 * Declares the selected stack: what `pulumi up` makes, from the stack's configuration and the pipeline's definition in the project.
 * A project's own program may call it beside resources of its own.
 */
export function definePipeline(): pulumi.Output<PipelineOutputs> {
	const config = readConfig();
	const project = pulumi.getProject();
	const stack = pulumi.getStack();
	const left = leftToDo(config);
	if (left.length > 0) {
		void pulumi.log.warn(
			`After this update, do the following, in this order:\n${left.map(({ text }) => `  ${text}`).join("\n")}`,
		);
	}
	return new AnalyticsPipeline(
		`${project}-${stack}`,
		{
			stack,
			config,
			...definitionOf(config),
			etlFolder: toolPath("etl"),
		},
		{ providers: taggingProviders({ Project: project, Stack: stack, ManagedBy: "pulumi" }) },
	).outputs;
}

/** @throws pulumi.RunError with every mistake in it; the engine shows its text alone. */
function definitionOf({ pipeline: folder, sourceKind, replicationEngineVersion }: PipelineConfig): {
	definition: Definition;
	models: readonly ModelDefinition[];
} {
	let definition: Definition;
	let models: readonly ModelDefinition[];
	try {
		definition = readDefinition(definitionPath(folder), toolPath("etl"));
		models = definedModels(definition);
	} catch (error) {
		throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
	}
	const refusals = dmsRefusals(definition.pipeline, replicationEngineVersion);
	if (refusals.length > 0) {
		throw new pulumi.RunError(`DMS cannot do what ${folder}/pipeline.yaml says:\n  ${refusals.join("\n  ")}`);
	}
	if (sourceKind !== "ec2" || definition.sampleData?.dump !== undefined) return { definition, models };
	throw new pulumi.RunError(
		`${folder}/pipeline.yaml has no sample_data.dump, which fills a source of kind ec2. Add it there, or use ` +
			"another source: pulumi config set sourceKind external",
	);
}

/** Both providers, set to tag whatever they make: so no resource can miss the standard tags. */
function taggingProviders(tags: Record<string, string>): pulumi.ProviderResource[] {
	const settings = new pulumi.Config("aws");
	const region = settings.require("region") as aws.Region;
	const args = {
		region,
		defaultTags: { tags },
		...omitUndefined({
			profile: settings.get("profile"),
			allowedAccountIds: settings.getObject<string[]>("allowedAccountIds"),
			forbiddenAccountIds: settings.getObject<string[]>("forbiddenAccountIds"),
		}),
	};
	return [new aws.Provider("aws", args), new native.Provider("aws-native", args)];
}
