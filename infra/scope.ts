import type * as pulumi from "@pulumi/pulumi";
import type { Dataset } from "../etl/datasets.ts";
import type { JobDefinition } from "../etl/jobs.ts";
import type { NamedQuery } from "../etl/sql/namedQueries.ts";
import type { PipelineConfig } from "./config.ts";

export interface AnalyticsPipelineArgs {
	/** Stack's name; the catalog's database is named after it. */
	stack: string;
	/** The stack's configuration, checked. */
	config: PipelineConfig;
	/** What is replicated. */
	datasets: readonly Dataset[];
	/** Jobs of a run, in whatever order. */
	jobs: readonly JobDefinition[];
	/** Queries that Athena has by name. */
	queries: readonly NamedQuery[];
	/** Folder of job scripts and of the package that they share. */
	etlFolder: string;
	/** SQL of the sample schemas, for a source of kind `ec2`. */
	sampleSchemaFile: string;
}

/** From what the components are declared: none of them sees it. */
export interface Scope extends AnalyticsPipelineArgs {
	/** Name of the pipeline; a component's begins with it. */
	name: string;
	/** Puts a component below the pipeline. */
	options: { parent: pulumi.ComponentResource };
}
