import { testEnvironment } from "../../infra/testing/mockedCloud.ts";
import { at, dev, each, processed, type Rights, raw, scripts, table, warehouseSecret } from "./resources.ts";

const { partition } = testEnvironment;

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
			["secretsmanager:GetSecretValue", at("secretsmanager", "secret:source-AbCdEf")],
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
