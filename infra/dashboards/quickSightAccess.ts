import { type AwsEnvironment, arn } from "../shared/awsEnvironment.ts";
import { allow, type Statement } from "../shared/policyDocument.ts";
import { encryptAndDecrypt, readTables, writeObjects } from "../storage/lakeAccess.ts";

/**
 * What a person or group may do with a part: own it. QuickSight refuses any set but a viewer's or an owner's whole one
 * ("unsupported permission sets"). https://docs.aws.amazon.com/quicksight/latest/APIReference/qs-assets.html
 */
export const ownerActions = {
	dataSource: [
		"DeleteDataSource",
		"DescribeDataSource",
		"DescribeDataSourcePermissions",
		"PassDataSource",
		"UpdateDataSource",
		"UpdateDataSourcePermissions",
	],
	dataSet: [
		"CancelIngestion",
		"CreateIngestion",
		"DeleteDataSet",
		"DescribeDataSet",
		"DescribeDataSetPermissions",
		"DescribeIngestion",
		"ListIngestions",
		"PassDataSet",
		"UpdateDataSet",
		"UpdateDataSetPermissions",
	],
	analysis: [
		"DeleteAnalysis",
		"DescribeAnalysis",
		"DescribeAnalysisPermissions",
		"QueryAnalysis",
		"RestoreAnalysis",
		"UpdateAnalysis",
		"UpdateAnalysisPermissions",
	],
	dashboard: [
		"DeleteDashboard",
		"DescribeDashboard",
		"DescribeDashboardPermissions",
		"ListDashboardVersions",
		"QueryDashboard",
		"UpdateDashboard",
		"UpdateDashboardPermissions",
		"UpdateDashboardPublishedVersion",
	],
} as const;

/** Permissions as QuickSight takes them, one entry a principal. */
export function permissions(
	part: keyof typeof ownerActions,
	principals: readonly string[],
): { principal: string; actions: string[] }[] {
	const actions = ownerActions[part].map((action) => `quicksight:${action}`);
	return principals.map((principal) => ({ principal, actions }));
}

export interface AthenaAccess {
	environment: AwsEnvironment;
	/** Folders of the processed zone that hold tables. */
	tableFolders: readonly string[];
	database: string;
	workgroup: string;
	hasClicks: boolean;
	rawBucketArn: string;
	processedBucketArn: string;
	/** Prefix of the query results in the processed bucket. */
	resultsPrefix: string;
	kmsKeyArn: string;
}

/** Role of the Athena data source: queries in the one workgroup over the one database, results at their place. */
export function athenaStatements(access: AthenaAccess): Statement[] {
	const { environment, database, rawBucketArn, processedBucketArn } = access;
	return [
		allow(
			"Query",
			[
				"athena:BatchGetQueryExecution",
				"athena:CancelQueryExecution",
				"athena:GetQueryExecution",
				"athena:GetQueryResults",
				"athena:GetQueryResultsStream",
				"athena:GetWorkGroup",
				"athena:ListQueryExecutions",
				"athena:StartQueryExecution",
				"athena:StopQueryExecution",
			],
			[arn(environment, "athena", `workgroup/${access.workgroup}`)],
		),
		allow(
			"ReadCatalog",
			["glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"],
			[
				arn(environment, "glue", "catalog"),
				arn(environment, "glue", `database/${database}`),
				arn(environment, "glue", `table/${database}/*`),
			],
		),
		...readTables({ ...access, raw: rawBucketArn, processed: processedBucketArn }),
		writeObjects("WriteResults", [{ bucketArn: processedBucketArn, prefixes: [access.resultsPrefix] }]),
		encryptAndDecrypt(access.kmsKeyArn),
	];
}

/**
 * Role of a VPC connection: network interfaces in these subnets with this group.
 * https://docs.aws.amazon.com/quicksight/latest/user/vpc-creating-a-connection-in-quicksight-cli.html
 */
export function vpcConnectionStatements(
	environment: AwsEnvironment,
	subnetIds: readonly string[],
	groupId: string,
): Statement[] {
	const interfaces = arn(environment, "ec2", "network-interface/*");
	return [
		allow(
			"CreateNetworkInterfaces",
			["ec2:CreateNetworkInterface"],
			[
				interfaces,
				arn(environment, "ec2", `security-group/${groupId}`),
				...subnetIds.map((id) => arn(environment, "ec2", `subnet/${id}`)),
			],
		),
		allow(
			"ChangeNetworkInterfaces",
			["ec2:DeleteNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"],
			[interfaces, arn(environment, "ec2", `security-group/${groupId}`)],
		),
		allow("DescribeNetwork", ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets"], ["*"]),
	];
}
