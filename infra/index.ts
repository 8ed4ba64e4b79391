import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import * as native from "@pulumi/aws-native/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { datasets } from "../etl/datasets.ts";
import { jobs } from "../etl/jobs.ts";
import { AnalyticsPipeline } from "./analyticsPipeline.ts";
import { namedQueries } from "./namedQueries.ts";
import { readConfig } from "./stackConfig.ts";
import { standardTags } from "./tags.ts";

const config = readConfig();
const name = `${pulumi.getProject()}-${pulumi.getStack()}`;
const tags = standardTags(pulumi.getProject(), pulumi.getStack());
const settings = new pulumi.Config("aws");
const region = settings.require("region") as aws.Region;
const profile = settings.get("profile");

// Both providers tag whatever they make.
const providers = [
	new aws.Provider("aws", { region, ...(profile === undefined ? {} : { profile }), defaultTags: { tags } }),
	new native.Provider("aws-native", { region, ...(profile === undefined ? {} : { profile }), defaultTags: { tags } }),
];
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** What `pipeline-cli` reads; see `outputs.ts`. */
export const pipeline = new AnalyticsPipeline(
	name,
	{
		stack: pulumi.getStack(),
		config,
		datasets,
		jobs,
		queries: namedQueries(path("../etl/sql")),
		etlFolder: path("../etl"),
		sampleSchemaFile: path("assets/sampleSchema.sql"),
	},
	{ providers },
).outputs;
