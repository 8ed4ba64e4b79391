import { testEnvironment } from "../../infra/testing/mockedCloud.ts";

/** Who may do what: action and resource, by the name of a role of the production stack, and of those that others have. */

const { partition, region, accountId } = testEnvironment;
const at = (service: string, resource: string): string =>
	`arn:${partition}:${service}:${region}:${accountId}:${resource}`;
const bucket = (zone: string, key = ""): string =>
	`arn:${partition}:s3:::analytics-pipeline-prod-lake-${zone}${key && `/${key}`}`;

const raw = {
	wordpress: bucket("raw", "wordpress-db/wp_terms/LOAD00000001.parquet"),
	classicmodels: bucket("raw", "classicmodels/orders/20260905-151244585.parquet"),
	clicks: bucket("raw", "clickstream-data/2026/09/05/15/a.json.gz"),
	clickErrors: bucket("raw", "clickstream-errors/processing-failed/a"),
	other: bucket("raw", "another-schema/secrets/LOAD00000001.parquet"),
	lookalike: bucket("raw", "wordpress-db-backup/wp_users/LOAD00000001.parquet"),
};
const processed = {
	changeLog: bucket("processed", "wordpress-db/wp_terms/batch=1/a.parquet"),
	current: bucket("processed", "current/classicmodels/orders/data/a.parquet"),
	joint: bucket("processed", "joint-tables/click_hour=2026-09-05-15/a.parquet"),
	star: bucket("processed", "star-schema/fact_orders/data/a.parquet"),
	state: bucket("processed", "_state/wordpress-db/wp_terms.json"),
	reports: bucket("processed", "_runs/run-1/process-load.json"),
	results: bucket("processed", "athena-queries/a.csv"),
};
const scripts = {
	job: bucket("scripts", "jobs/0123/process_load.py"),
	package: bucket("scripts", "lakehouse/0123/lakehouse.zip"),
	temporary: bucket("scripts", "temporary/a"),
};
/** The same object of the dev stack. */
const dev = (resource: string): string => resource.replace("analytics-pipeline-prod", "analytics-pipeline-dev");
const key = at("kms", "key/analytics-pipeline-prod-encryption-key");
const otherKey = at("kms", "key/another");
const sourceSecret = at("secretsmanager", "secret:analytics-pipeline-prod-source-secret-AbCdEf");
const warehouseSecret = at("secretsmanager", "secret:analytics-pipeline-prod-warehouse-namespace-AbCdEf");
const database = "analytics_pipeline_prod";
const table = (name: string, db = database): string => at("glue", `table/${db}/${name}`);
const stream = at("kinesis", "stream/kds-clickstream-data");
const job = at("glue", "job/analytics-pipeline-prod-jobs-star-schema");
const crawler = at("glue", "crawler/analytics-pipeline-prod-catalog");
const jobLog = at("logs", "log-group:/aws-glue/jobs/analytics-pipeline-prod-encryption-glue-role/jobs-role/error");
const crawlerLog = at("logs", "log-group:/aws-glue/crawlers-role/role-analytics-pipeline-prod-encryption-glue");
const flowLog = at("logs", "log-group:/aws/vpc/flow-logs/analytics-pipeline-prod-network-flow");
const topic = at("sns", "analytics-pipeline-prod-notifications");
const machine = at("states", "stateMachine:analytics-pipeline-prod-schedule");

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

interface Rights {
	may: [string, string][];
	mayNot: [string, string][];
}

const each = (actions: string[], resources: string[]): [string, string][] =>
	actions.flatMap((action) => resources.map((resource): [string, string] => [action, resource]));

/** Every role of the production stack, by the name of its resource. */
export const rights: Record<string, Rights> = {
	"jobs-role": {
		may: [
			["s3:ListBucket", bucket("raw")],
			...each(["s3:GetObject"], [...Object.values(raw), ...Object.values(processed), scripts.job, scripts.package]),
			...each(["s3:PutObject", "s3:DeleteObject"], [...Object.values(processed), scripts.temporary]),
			...each(["kms:Decrypt", "kms:GenerateDataKey"], [key]),
			...each(["glue:CreateTable", "glue:UpdateTable", "glue:GetTable"], [table("orders")]),
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
			...each(["s3:GetObject"], [processed.changeLog, processed.joint, raw.clicks]),
			...each(
				["glue:UpdateTable", "glue:BatchCreatePartition"],
				[table("wp_terms_changes"), table("clickstream_data")],
			),
			["logs:PutLogEvents", `${crawlerLog}:log-stream:a`],
		],
		mayNot: [
			...each(["s3:PutObject", "s3:DeleteObject"], [...Object.values(raw), ...Object.values(processed)]),
			...each(["s3:GetObject"], [raw.wordpress, processed.current, processed.state, processed.results]),
			["glue:UpdateTable", table("wp_terms")],
			["glue:DeleteTable", table("wp_terms_changes")],
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
			["glue:StartCrawler", crawler],
			["sns:Publish", topic],
		],
		mayNot: [
			["glue:StartJobRun", at("glue", "job/another")],
			["glue:UpdateJob", job],
			["glue:StartCrawler", at("glue", "crawler/another")],
			["sns:Publish", at("sns", "another")],
			...each(["s3:GetObject", "s3:PutObject"], [raw.wordpress, processed.state]),
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

/** Roles of other kinds of stacks, by the stack that has them; names as there, where it differs from production. */
export const otherRights: Record<string, { stack: string; role: string } & Rights> = {
	"source-role of an EC2 source": {
		stack: "dev",
		role: "source-role",
		may: [
			["secretsmanager:GetSecretValue", at("secretsmanager", "secret:analytics-pipeline-dev-source-secret-AbCdEf")],
			["secretsmanager:GetSecretValue", at("secretsmanager", "secret:analytics-pipeline-dev-source-tls-AbCdEf")],
			[
				"s3:GetObject",
				`arn:${partition}:s3:::analytics-pipeline-dev-lake-scripts/analytics-pipeline-dev-source/sample-schema.sql`,
			],
			["ssmmessages:OpenDataChannel", "*"],
		],
		mayNot: [
			["s3:GetObject", `arn:${partition}:s3:::analytics-pipeline-dev-lake-scripts/jobs/0123/process_load.py`],
			[
				"s3:GetObject",
				`arn:${partition}:s3:::analytics-pipeline-dev-lake-raw/wordpress-db/wp_users/LOAD00000001.parquet`,
			],
			["ssm:GetParameter", at("ssm", "parameter/secret")],
			["ssm:SendCommand", "*"],
			["ec2:RunInstances", "*"],
		],
	},
	"changes-role of Firehose": {
		stack: "changes through Kinesis",
		role: "changes-role",
		may: [
			["kinesis:GetRecords", at("kinesis", "stream/analytics-pipeline-dev-changes")],
			...each(["s3:PutObject"], [dev(raw.wordpress), dev(raw.classicmodels), dev(raw.clickErrors)]),
		],
		mayNot: [
			["kinesis:PutRecords", at("kinesis", "stream/analytics-pipeline-dev-changes")],
			["kinesis:GetRecords", at("kinesis", "stream/kds-clickstream-data-dev")],
			...each(["s3:PutObject"], [dev(raw.clicks), dev(raw.other), dev(processed.changeLog)]),
			["s3:DeleteObject", dev(raw.wordpress)],
		],
	},
	"changes-target-role of DMS": {
		stack: "changes through Kinesis",
		role: "changes-target-role",
		may: [
			...each(["kinesis:PutRecord", "kinesis:PutRecords"], [at("kinesis", "stream/analytics-pipeline-dev-changes")]),
		],
		mayNot: [
			["kinesis:GetRecords", at("kinesis", "stream/analytics-pipeline-dev-changes")],
			["kinesis:PutRecords", at("kinesis", "stream/kds-clickstream-data-dev")],
			...each(["s3:PutObject", "s3:GetObject"], [dev(raw.wordpress), dev(processed.changeLog)]),
		],
	},
	"lake-formation-role": {
		stack: "an external source, a cluster and Athena dashboards",
		role: "lake-formation-role",
		may: [
			...each(["s3:GetObject", "s3:PutObject"], [processed.changeLog, processed.current, processed.star]),
			["s3:GetObject", raw.clicks],
		],
		mayNot: [
			...each(["s3:PutObject", "s3:DeleteObject"], [raw.clicks, raw.wordpress]),
			...each(["s3:GetObject"], [raw.wordpress, processed.state, processed.results, scripts.job]),
			["glue:GetTable", table("orders")],
			["lakeformation:GetDataAccess", "*"],
		],
	},
	"jobs-role that reads the source": {
		stack: "an external source, a cluster and Athena dashboards",
		role: "jobs-role",
		may: [
			["secretsmanager:GetSecretValue", at("secretsmanager", "secret:source")],
			["ec2:CreateNetworkInterface", at("ec2", "subnet/subnet-0a")],
			["glue:GetConnection", at("glue", "connection/analytics-pipeline-prod-jobs-source")],
			["lakeformation:GetDataAccess", "*"],
		],
		mayNot: [
			["secretsmanager:GetSecretValue", warehouseSecret],
			["ec2:CreateNetworkInterface", at("ec2", "subnet/subnet-another")],
			["ec2:CreateTags", at("ec2", "instance/i-1")],
			["glue:GetConnection", at("glue", "connection/another")],
			...each(["s3:PutObject", "s3:DeleteObject"], Object.values(raw)),
		],
	},
	"dashboards-role over Athena": {
		stack: "an external source, a cluster and Athena dashboards",
		role: "dashboards-role",
		may: [
			["athena:StartQueryExecution", at("athena", "workgroup/analytics-pipeline-prod-athena")],
			...each(["s3:GetObject"], [processed.current, processed.joint, processed.star, raw.clicks]),
			...each(["s3:GetObject", "s3:PutObject"], [processed.results]),
			["glue:GetTable", table("joint_tables")],
			["lakeformation:GetDataAccess", "*"],
		],
		mayNot: [
			["athena:StartQueryExecution", at("athena", "workgroup/primary")],
			["athena:UpdateWorkGroup", at("athena", "workgroup/analytics-pipeline-prod-athena")],
			...each(["s3:PutObject", "s3:DeleteObject"], [processed.current, processed.star, raw.clicks]),
			...each(["s3:GetObject"], [raw.wordpress, processed.state, scripts.job]),
			["glue:UpdateTable", table("joint_tables")],
			["secretsmanager:GetSecretValue", warehouseSecret],
		],
	},
};
