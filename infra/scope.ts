import type * as pulumi from "@pulumi/pulumi";
import type { ModelDefinition } from "../etl/contract/datasets.ts";
import type { Definition } from "../etl/definition/definition.ts";
import type { PipelineConfig } from "./config.ts";

export interface AnalyticsPipelineArgs {
	/** Stack's name; the catalog's database is named after it. */
	stack: string;
	/** The stack's configuration, checked. */
	config: PipelineConfig;
	/** What is replicated, the jobs, queries, charts. */
	definition: Definition;
	/** SELECTs that become tables. */
	models: readonly ModelDefinition[];
	/** Folder of the package that all jobs share. */
	etlFolder: string;
}

/** From what the components are declared: none of them sees it. */
export interface Scope extends AnalyticsPipelineArgs {
	/** Name of the pipeline; a component's begins with it. */
	name: string;
	/** Puts a component below the pipeline. */
	options: { parent: pulumi.ComponentResource };
}
