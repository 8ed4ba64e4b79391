import { sourceRulesOf } from "../../../etl/definition/sourceRules.ts";
import { outputsVersion, type PipelineOutputs } from "../../../infra/outputs.ts";
import { jobs, pipeline } from "../sampleShop.ts";

const account = "123456789012";
const region = "eu-west-1";
const dms = (kind: string): string => `arn:aws:dms:${region}:${account}:${kind}`;

/** Outputs of a deployed stack named `dev`. */
export const outputs: PipelineOutputs = {
	version: outputsVersion,
	stack: "dev",
	definition: "pipelines/shop",
	region,
	accountId: account,
	keyArn: `arn:aws:kms:${region}:${account}:key/dev`,
	buckets: { raw: "dev-raw", processed: "dev-processed", scripts: "dev-scripts" },
	catalog: { database: "analytics_pipeline_dev", crawler: "dev-crawler" },
	source: {
		kind: "rds",
		engine: "mysql",
		host: "db.example.internal",
		port: 3306,
		secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:source`,
		caCertificate: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
		instanceId: null,
	},
	replication: {
		taskArn: dms("task:TASKID"),
		instanceArn: dms("rep:INSTANCE"),
		sourceEndpointArn: dms("endpoint:SOURCE"),
		targetEndpointArn: dms("endpoint:TARGET"),
		rules: JSON.stringify(sourceRulesOf(pipeline)),
		logGroup: "dms-tasks-dev",
		deliveryStreamName: null,
	},
	clickstream: { streamName: "dev-clicks", deliveryStreamName: "dev-delivery" },
	jobs: Object.fromEntries(jobs.map(({ name }) => [name, `dev-${name}`])),
	jobLogGroups: {
		error: "/aws-glue/jobs/dev-glue-role/dev-jobs-role/error",
		output: "/aws-glue/jobs/dev-glue-role/dev-jobs-role/output",
	},
	stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:dev`,
	schedule: null,
	athena: { workgroup: "dev", resultsUri: "s3://dev-results/", queries: {} },
	warehouse: {
		kind: "serverless",
		identifier: "dev-warehouse",
		arn: `arn:aws:redshift-serverless:${region}:${account}:workgroup/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9`,
		database: "analytics",
		host: "dev.example.internal",
		secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:warehouse`,
		readerSecretArn: `arn:aws:secretsmanager:${region}:${account}:secret:warehouse-reader`,
		roleArn: `arn:aws:iam::${account}:role/dev-warehouse`,
	},
	dashboards: { analysisId: "dev-analysis", dashboards: { sales: "dev-sales" } },
	monitoring: { topicArn: `arn:aws:sns:${region}:${account}:dev`, dashboard: "dev" },
};
