import { lake } from "../../../../etl/contract/contract.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";

/** Actions of IAM that the commands need on one resource. */
export interface NeededActions {
	/** ARN, or `*` where the action knows no resources or its ARN is not among the outputs. */
	resource: string;
	actions: readonly string[];
}

/** What the commands need on this stack, resource by resource: a rule for single resources is enough. */
export function neededActions(outputs: PipelineOutputs): NeededActions[] {
	const { replication, source, buckets, catalog, clickstream, warehouse, dashboards } = outputs;
	const arn = (service: string, resource: string): string =>
		`arn:${partitionOf(replication.taskArn)}:${service}:${outputs.region}:${outputs.accountId}:${resource}`;
	const bucketArn = (bucket: string): string => `arn:${partitionOf(replication.taskArn)}:s3:::${bucket}`;
	const resultsArn = `arn:${partitionOf(replication.taskArn)}:s3:::${outputs.athena.resultsUri.replace("s3://", "")}`;
	return [
		{
			resource: replication.taskArn,
			actions: [
				"dms:DescribeTableStatistics",
				"dms:ReloadTables",
				"dms:StartReplicationTask",
				"dms:StopReplicationTask",
			],
		},
		// Knows no resources.
		{ resource: "*", actions: ["cloudwatch:GetMetricData"] },
		{
			resource: "*",
			actions: ["dms:DescribeConnections", "dms:DescribeReplicationInstances", "dms:DescribeReplicationTasks"],
		},
		...[replication.instanceArn, replication.sourceEndpointArn, replication.targetEndpointArn].map((resource) => ({
			resource,
			actions: ["dms:TestConnection"],
		})),
		{ resource: source.secretArn, actions: ["secretsmanager:GetSecretValue"] },
		...Object.values(outputs.jobs).map((name) => ({
			resource: arn("glue", `job/${name}`),
			actions: ["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun"],
		})),
		...(catalog.crawler === null
			? []
			: [{ resource: arn("glue", `crawler/${catalog.crawler}`), actions: ["glue:GetCrawler", "glue:StartCrawler"] }]),
		{ resource: arn("glue", `database/${catalog.database}`), actions: ["glue:GetDatabase", "glue:GetTables"] },
		// Athena reads tables and writes results as the one who asks.
		{
			resource: arn("glue", `table/${catalog.database}/*`),
			actions: ["glue:BatchGetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"],
		},
		// Glue asks for the rights on the catalog, too.
		{
			resource: arn("glue", "catalog"),
			actions: ["glue:BatchGetPartition", "glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"],
		},
		{ resource: `${resultsArn}*`, actions: ["s3:PutObject"] },
		// By which rules tables were loaded: `replication start` notes it.
		{ resource: `${bucketArn(buckets.processed)}/${lake.appliedRules}`, actions: ["s3:PutObject"] },
		// No job writes while a purge removes what it would read.
		{ resource: `${bucketArn(buckets.processed)}/${lake.lease}`, actions: ["s3:PutObject"] },
		{ resource: outputs.keyArn, actions: ["kms:Decrypt", "kms:GenerateDataKey"] },
		{
			resource: arn("athena", `workgroup/${outputs.athena.workgroup}`),
			actions: [
				"athena:GetQueryExecution",
				"athena:GetQueryResults",
				"athena:StartQueryExecution",
				"athena:StopQueryExecution",
			],
		},
		...[buckets.raw, buckets.processed].flatMap((bucket) => [
			{ resource: bucketArn(bucket), actions: ["s3:GetBucketLocation", "s3:ListBucket"] },
			{ resource: `${bucketArn(bucket)}/*`, actions: ["s3:GetObject"] },
		]),
		{
			resource: arn("logs", `log-group:${replication.logGroup}:*`),
			actions: ["logs:FilterLogEvents", "logs:GetLogEvents"],
		},
		...Object.values(outputs.jobLogGroups).map((group) => ({
			resource: arn("logs", `log-group:${group}:*`),
			actions: ["logs:GetLogEvents"],
		})),
		{ resource: outputs.stateMachineArn, actions: ["states:ListExecutions", "states:StartExecution"] },
		...(clickstream === null
			? []
			: [
					{
						resource: arn("kinesis", `stream/${clickstream.streamName}`),
						actions: [
							"kinesis:DescribeStreamSummary",
							"kinesis:GetRecords",
							"kinesis:GetShardIterator",
							"kinesis:ListShards",
							"kinesis:PutRecords",
						],
					},
				]),
		...(warehouse === null
			? []
			: [
					{ resource: warehouse.secretArn, actions: ["secretsmanager:GetSecretValue"] },
					{ resource: warehouse.readerSecretArn, actions: ["secretsmanager:GetSecretValue"] },
					{
						resource: warehouse.arn,
						actions: ["redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"],
					},
					warehouse.kind === "serverless"
						? { resource: warehouse.arn, actions: ["redshift-serverless:GetWorkgroup"] }
						: { resource: "*", actions: ["redshift:DescribeClusters"] },
					{
						resource: "*",
						actions: [
							"redshift-data:CancelStatement",
							"redshift-data:DescribeStatement",
							"redshift-data:GetStatementResult",
						],
					},
				]),
		...Object.values(dashboards?.dashboards ?? {}).map((id) => ({
			resource: arn("quicksight", `dashboard/${id}`),
			actions: ["quicksight:DescribeDashboard"],
		})),
	];
}

function partitionOf(arn: string): string {
	return arn.split(":")[1] ?? "aws";
}
