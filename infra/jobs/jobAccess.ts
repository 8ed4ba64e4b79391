import { lake } from "../../etl/contract/contract.ts";
import type { JobDefinition, Location } from "../../etl/definition/jobs.ts";
import { type AwsEnvironment, arn } from "../shared/awsEnvironment.ts";
import { allow, type Statement } from "../shared/policyDocument.ts";
import { encryptAndDecrypt, listBuckets, readObjects, writeObjects } from "../storage/lakeAccess.ts";

export interface JobAccess {
	environment: AwsEnvironment;
	jobs: readonly JobDefinition[];
	rawBucketArn: string;
	processedBucketArn: string;
	scriptsBucketArn: string;
	/** Prefix of the scripts bucket for Spark's temporary files. */
	temporaryPrefix: string;
	kmsKeyArn: string;
	/** Catalog database. */
	database: string;
	/** Where a job of the list reads the source: its secret, its connection, subnet and group of its network interfaces. */
	source?: { secretArn: string; connection: string; subnetId: string; securityGroupId: string };
}

/**
 * What the jobs may do, from what the definition says that they read and write: the console walkthrough's four policies
 * (AmazonS3FullAccess, AWSGlueServiceRole, PassRole, notebooks), narrowed.
 *
 * @throws Error where a job would write the raw zone, which only replication and clickstream do.
 */
export function jobStatements(access: JobAccess): Statement[] {
	const { jobs, rawBucketArn, processedBucketArn, scriptsBucketArn, temporaryPrefix } = access;
	const intruder = jobs.find((job) => job.writes.some(({ zone }) => zone === "raw"));
	if (intruder) {
		throw new Error(`${intruder.name} writes to the raw zone, which only replication and the clickstream may do`);
	}
	const reads = jobs.flatMap((job) => job.reads);
	const writes = jobs.flatMap((job) => job.writes);
	const own = [lake.state, lake.runs, lake.staging];
	return [
		listBuckets("ListLake", [rawBucketArn, processedBucketArn, scriptsBucketArn]),
		readObjects("ReadLake", [
			{ bucketArn: rawBucketArn, prefixes: prefixes(reads, "raw") },
			{ bucketArn: processedBucketArn, prefixes: [...prefixes(reads, "processed"), ...own] },
			{ bucketArn: scriptsBucketArn, prefixes: ["jobs", "lakehouse", "datasets", "certificates"] },
		]),
		writeObjects("WriteLake", [
			{ bucketArn: processedBucketArn, prefixes: [...prefixes(writes, "processed"), ...own] },
			{ bucketArn: scriptsBucketArn, prefixes: [temporaryPrefix] },
		]),
		encryptAndDecrypt(access.kmsKeyArn),
		...catalogStatements(access),
		...logStatements(access.environment),
		...(access.source ? sourceStatements(access.environment, access.source) : []),
	];
}

function prefixes(locations: readonly Location[], zone: Location["zone"]): string[] {
	return locations.filter((location) => location.zone === zone).map(({ prefix }) => prefix);
}

function catalogStatements({ environment, database }: JobAccess): Statement[] {
	const catalog = arn(environment, "glue", "catalog");
	return [
		allow(
			"UseCatalog",
			[
				"glue:BatchCreatePartition",
				"glue:BatchDeletePartition",
				"glue:BatchUpdatePartition",
				"glue:CreateTable",
				"glue:DeleteTable",
				"glue:GetDatabase",
				"glue:GetPartitions",
				"glue:GetTable",
				"glue:GetTables",
				"glue:UpdateTable",
			],
			[catalog, arn(environment, "glue", `database/${database}`), arn(environment, "glue", `table/${database}/*`)],
		),
	];
}

/** With an encrypted log the job itself ties the group to the key; without the right it fails before its first line. */
function logStatements(environment: AwsEnvironment): Statement[] {
	return [
		allow(
			"WriteLogs",
			["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
			[arn(environment, "logs", "log-group:/aws-glue/jobs/*")],
		),
		allow("WriteMetrics", ["cloudwatch:PutMetricData"], ["*"], {
			StringEquals: { "cloudwatch:namespace": ["Glue", "glueetl", "observability"] },
		}),
	];
}

/** https://docs.aws.amazon.com/glue/latest/dg/start-connecting.html */
function sourceStatements(environment: AwsEnvironment, source: NonNullable<JobAccess["source"]>): Statement[] {
	const interfaces = arn(environment, "ec2", "network-interface/*");
	return [
		allow("ReadSourceSecret", ["secretsmanager:GetSecretValue"], [source.secretArn]),
		allow(
			"ReadConnection",
			["glue:GetConnection"],
			[arn(environment, "glue", "catalog"), arn(environment, "glue", `connection/${source.connection}`)],
		),
		allow(
			"DescribeNetwork",
			[
				"ec2:DescribeNetworkInterfaces",
				"ec2:DescribeRouteTables",
				"ec2:DescribeSecurityGroups",
				"ec2:DescribeSubnets",
				"ec2:DescribeVpcEndpoints",
			],
			["*"],
		),
		allow("DescribeVpc", ["ec2:DescribeVpcAttribute"], [arn(environment, "ec2", "vpc/*")]),
		allow(
			"CreateNetworkInterfaces",
			["ec2:CreateNetworkInterface"],
			[
				interfaces,
				arn(environment, "ec2", `subnet/${source.subnetId}`),
				arn(environment, "ec2", `security-group/${source.securityGroupId}`),
			],
		),
		allow("DeleteNetworkInterfaces", ["ec2:DeleteNetworkInterface"], [interfaces]),
		allow("TagNetworkInterfaces", ["ec2:CreateTags", "ec2:DeleteTags"], [interfaces], {
			"ForAllValues:StringEquals": { "aws:TagKeys": ["aws-glue-service-resource"] },
		}),
	];
}
