import { testEnvironment } from "../../infra/testing/mockedCloud.ts";
import {
	at,
	bucket,
	crawler,
	crawlerLog,
	database,
	each,
	flowLog,
	job,
	jobLog,
	key,
	machine,
	otherKey,
	processed,
	type Rights,
	raw,
	scripts,
	sourceSecret,
	stream,
	table,
	topic,
	warehouseSecret,
} from "./resources.ts";

const { accountId, partition } = testEnvironment;

/** What nobody of the pipeline may do. */
export const never: [string, string][] = [
	["iam:PassRole", `arn:${partition}:iam::${accountId}:role/analytics-pipeline-prod-jobs-role`],
	["iam:CreateRole", `arn:${partition}:iam::${accountId}:role/new`],
	["sts:AssumeRole", `arn:${partition}:iam::${accountId}:role/admin`],
	["s3:PutBucketPolicy", bucket("raw")],
	["s3:DeleteBucket", bucket("processed")],
	["s3:GetObject", `arn:${partition}:s3:::another-bucket/a`],
	["s3:ListAllMyBuckets", "*"],
	["kms:ScheduleKeyDeletion", key],
	["kms:PutKeyPolicy", key],
	["kms:Decrypt", otherKey],
	["secretsmanager:GetSecretValue", at("secretsmanager", "secret:another-AbCdEf")],
	["secretsmanager:GetSecretValue", at("secretsmanager", "secret:analytics-pipeline-prod-warehouse-reader-AbCdEf")],
	["secretsmanager:PutSecretValue", sourceSecret],
	["glue:GetTable", table("a", "another_database")],
	["glue:DeleteDatabase", at("glue", `database/${database}`)],
	["ec2:AuthorizeSecurityGroupIngress", at("ec2", "security-group/sg-1")],
	["logs:DeleteLogGroup", at("logs", "log-group:/aws-glue/jobs/output")],
	["dms:StartReplicationTask", at("dms", "task:1")],
	["redshift-data:ExecuteStatement", at("redshift-serverless", "workgroup/1")],
];

/** Every role of the production stack, by the name of its resource. */
export const rights: Record<string, Rights> = {
	"jobs-role": {
		may: [
			["s3:ListBucket", bucket("raw")],
			...each(["s3:GetObject"], [...Object.values(raw), ...Object.values(processed), scripts.job, scripts.package]),
			...each(["s3:PutObject", "s3:DeleteObject"], [...Object.values(processed), scripts.temporary]),
			...each(["kms:Decrypt", "kms:GenerateDataKey"], [key]),
			...each(["glue:CreateTable", "glue:UpdateTable", "glue:GetTable"], [table("orders")]),
			...each(["glue:GetPartitions", "glue:BatchCreatePartition"], [table("orders_changes")]),
			...each(["glue:BatchUpdatePartition", "glue:BatchDeletePartition"], [table("orders_changes")]),
			["logs:PutLogEvents", `${jobLog}:log-stream:a`],
		],
		mayNot: [
			...each(["s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"], Object.values(raw)),
			...each(["s3:PutObject", "s3:DeleteObject"], [scripts.job, scripts.package]),
			["glue:GetDatabase", at("glue", "database/default")],
			["glue:CreateTable", table("a", "default")],
			["glue:StartJobRun", job],
			// Only where Lake Formation governs the catalog.
			["lakeformation:GetDataAccess", "*"],
			["secretsmanager:GetSecretValue", warehouseSecret],
			// Only jobs that read the source itself do.
			["secretsmanager:GetSecretValue", sourceSecret],
			["ec2:CreateNetworkInterface", at("ec2", "subnet/subnet-analyticspipelineprodnetworksubnet1")],
			["kinesis:GetRecords", stream],
			["logs:PutLogEvents", `${crawlerLog}:log-stream:a`],
			["logs:GetLogEvents", `${jobLog}:log-stream:a`],
		],
	},
	"replication-target-role": {
		may: [
			...each(["s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"], [raw.wordpress, raw.classicmodels]),
			["s3:ListBucket", bucket("raw")],
			["kms:GenerateDataKey", key],
		],
		mayNot: [
			...each(["s3:GetObject"], [...Object.values(raw), ...Object.values(processed), ...Object.values(scripts)]),
			...each(["s3:PutObject", "s3:DeleteObject"], [raw.clicks, raw.clickErrors, raw.other, raw.lookalike]),
			...each(["s3:PutObject", "s3:DeleteObject"], [...Object.values(processed), ...Object.values(scripts)]),
			["s3:ListBucket", bucket("processed")],
			["secretsmanager:GetSecretValue", sourceSecret],
		],
	},
	"replication-source-role": {
		may: [
			["secretsmanager:GetSecretValue", sourceSecret],
			["kms:Decrypt", key],
		],
		mayNot: [
			["secretsmanager:GetSecretValue", warehouseSecret],
			["kms:GenerateDataKey", key],
			...each(["s3:GetObject"], Object.values(raw)),
		],
	},
	"clickstream-role": {
		may: [
			...each(["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"], [stream]),
			...each(["s3:PutObject"], [raw.clicks, raw.clickErrors]),
			["logs:PutLogEvents", at("logs", "log-group:/aws/kinesisfirehose/kdf-clickstream-data:log-stream:delivery")],
		],
		mayNot: [
			["kinesis:PutRecords", stream],
			["kinesis:GetRecords", at("kinesis", "stream/another")],
			...each(["s3:PutObject", "s3:GetObject"], [raw.wordpress, raw.classicmodels, ...Object.values(processed)]),
			["s3:DeleteObject", raw.clicks],
		],
	},
	"catalog-crawler-role": {
		may: [
			...each(["s3:GetObject"], [raw.clicks]),
			...each(["glue:UpdateTable", "glue:BatchCreatePartition"], [table("clickstream_data")]),
			["logs:PutLogEvents", `${crawlerLog}:log-stream:a`],
		],
		mayNot: [
			...each(["s3:PutObject", "s3:DeleteObject"], [...Object.values(raw), ...Object.values(processed)]),
			...each(
				["s3:GetObject"],
				[raw.wordpress, processed.changeLog, processed.current, processed.state, processed.results],
			),
			...each(["glue:UpdateTable"], [table("wp_terms"), table("wp_terms_changes")]),
			...each(["glue:UpdateTable", "glue:DeleteTable"], [table("joint_tables")]),
			...each(["s3:GetObject"], [processed.joint]),
			["glue:CreateTable", table("new")],
			["logs:PutLogEvents", `${jobLog}:log-stream:a`],
		],
	},
	"warehouse-role": {
		may: [
			...each(["s3:GetObject"], [processed.changeLog, processed.current, processed.joint, processed.star, raw.clicks]),
			...each(["glue:GetTable", "glue:GetPartitions"], [table("fact_orders")]),
		],
		mayNot: [
			...each(["s3:PutObject", "s3:DeleteObject"], [...Object.values(raw), ...Object.values(processed)]),
			...each(["s3:GetObject"], [raw.wordpress, processed.state, processed.results, scripts.job]),
			...each(["glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable"], [table("fact_orders")]),
			["secretsmanager:GetSecretValue", sourceSecret],
		],
	},
	"dashboards-role": {
		may: [
			["ec2:CreateNetworkInterface", at("ec2", "subnet/subnet-analyticspipelineprodnetworksubnet1")],
			["ec2:DescribeSubnets", "*"],
		],
		mayNot: [
			["ec2:CreateNetworkInterface", at("ec2", "subnet/subnet-another")],
			["ec2:RunInstances", at("ec2", "instance/1")],
			["ec2:DeleteSecurityGroup", at("ec2", "security-group/sg-1")],
			...each(["s3:GetObject"], [processed.star, raw.clicks]),
		],
	},
	"network-flow-role": {
		may: [["logs:PutLogEvents", `${flowLog}:log-stream:a`]],
		mayNot: [
			["logs:PutLogEvents", `${jobLog}:log-stream:a`],
			["logs:DeleteLogStream", `${flowLog}:log-stream:a`],
			["logs:CreateLogGroup", flowLog],
			["ec2:DescribeNetworkInterfaces", "*"],
			...each(["s3:GetObject"], Object.values(raw)),
		],
	},
	"schedule-role": {
		may: [
			...each(["glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun"], [job]),
			["states:ListExecutions", machine],
			...each(["s3:GetObject", "s3:DeleteObject"], [processed.notice]),
			["sns:Publish", topic],
		],
		mayNot: [
			["glue:StartJobRun", at("glue", "job/another")],
			["glue:UpdateJob", job],
			["glue:StartCrawler", crawler],
			["states:ListExecutions", at("states", "stateMachine:another")],
			["sns:Publish", at("sns", "another")],
			...each(["s3:GetObject", "s3:DeleteObject"], [raw.wordpress, processed.state, processed.reports]),
			["s3:PutObject", processed.notice],
		],
	},
	"schedule-timer-role": {
		may: [["states:StartExecution", machine]],
		mayNot: [
			["states:StartExecution", at("states", "stateMachine:another")],
			["states:StopExecution", machine],
			["glue:StartJobRun", job],
		],
	},
};
