import { generatedSecret } from "../testing/mockedCloud.ts";
import { repositoryPath } from "../testing/stack.ts";
import { lifecycleMutations, type Mutation } from "./lifecycleMutations.ts";

/** Of each rule, what it must see. */
export const mutations: Mutation[] = [
	[
		"an action of * on everything",
		"aws:iam/rolePolicy:RolePolicy",
		"jobs-role-policy",
		({ inputs }) => {
			inputs.policy = policy("s3:*", "*");
		},
	],
	[
		"an action of * on everything",
		"aws:iam/rolePolicy:RolePolicy",
		"jobs-role-policy",
		({ inputs }) => {
			inputs.policy = policy("*", "arn:x");
		},
	],
	[
		"a managed policy",
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment",
		"replication-roles-dms-vpc-role-policy",
		({ inputs }) => {
			inputs.policyArn = "arn:aws-test:iam::aws:policy/AmazonS3FullAccess";
		},
	],
	[
		"a managed policy",
		"aws:iam/role:Role",
		"jobs-role",
		({ inputs }) => {
			inputs.managedPolicyArns = ["arn:aws-test:iam::aws:policy/AdministratorAccess"];
		},
	],
	[
		"public access",
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
		"lake-raw-public-access",
		({ inputs }) => {
			inputs.blockPublicPolicy = false;
		},
	],
	[
		"public access",
		"aws:dms/replicationInstance:ReplicationInstance",
		"replication-instance",
		({ inputs }) => {
			inputs.publiclyAccessible = true;
		},
	],
	[
		"public access",
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
		"network-dashboards-to-warehouse-in",
		({ inputs }) => {
			inputs.cidrIpv4 = "0.0.0.0/0";
		},
	],
	[
		"public access",
		"aws:s3/bucketPolicy:BucketPolicy",
		"lake-raw-policy",
		({ inputs }) => {
			inputs.policy = policy("s3:GetObject", "*", { Principal: "*" });
		},
	],
	[
		"public access",
		"aws:ec2/securityGroup:SecurityGroup",
		"network-database",
		({ inputs }) => {
			inputs.ingress = [{ cidrBlocks: ["0.0.0.0/0"] }];
		},
	],
	[
		"something unencrypted",
		"aws:kinesis/stream:Stream",
		"clickstream-stream",
		({ inputs }) => {
			inputs.encryptionType = "NONE";
		},
	],
	[
		"something unencrypted",
		"aws:dms/endpoint:Endpoint",
		"replication-source",
		({ inputs }) => {
			inputs.sslMode = "none";
		},
	],
	[
		"something unencrypted",
		"aws:cloudwatch/logGroup:LogGroup",
		"clickstream-log",
		({ inputs }) => {
			delete inputs.kmsKeyId;
		},
	],
	[
		"something unencrypted",
		"aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
		"lake-raw-encryption",
		({ inputs }) => {
			inputs.bucket = "another";
		},
	],
	[
		"something unencrypted",
		"aws:s3/bucketPolicy:BucketPolicy",
		"lake-raw-policy",
		({ inputs }) => {
			inputs.policy = policy("s3:GetObject", "*");
		},
	],
	[
		"a role that a confused deputy could assume",
		"aws:iam/role:Role",
		"replication-target-role",
		({ inputs }) => {
			inputs.assumeRolePolicy = policy("sts:AssumeRole", undefined, { Principal: { Service: "dms.amazonaws.com" } });
		},
	],
	[
		"a fixed partition or region",
		"aws:sns/topicSubscription:TopicSubscription",
		"notifications-email",
		({ inputs }) => {
			inputs.topic = "arn:aws:sns:x";
		},
	],
	[
		"a fixed partition or region",
		"aws:ec2/vpcEndpoint:VpcEndpoint",
		"network-s3",
		({ inputs }) => {
			inputs.serviceName = "com.amazonaws.us-east-1.s3";
		},
	],
	[
		"a network without bounds",
		"aws:ec2/vpcEndpoint:VpcEndpoint",
		"network-s3",
		({ inputs }) => {
			delete inputs.policy;
		},
	],
	[
		"a network without bounds",
		"aws:ec2/vpcEndpoint:VpcEndpoint",
		"network-s3",
		({ inputs }) => {
			inputs.policy = policy("s3:PutObject", "arn:x", { Principal: "*" });
		},
	],
	[
		"a network without bounds",
		"aws:ec2/flowLog:FlowLog",
		"network-flow-refused",
		({ inputs }) => {
			inputs.vpcId = "another";
		},
	],
	[
		"a secret in a plain property",
		"aws:glue/job:Job",
		"jobs-star-schema",
		({ inputs }) => {
			inputs.defaultArguments = { "--password": generatedSecret };
		},
	],
	[
		"an action of * on everything",
		"aws:iam/rolePolicy:RolePolicy",
		"jobs-role-policy",
		({ inputs }) => {
			inputs.policy = policy(undefined, "*", { NotAction: "iam:*" });
		},
	],
	[
		"an action of * on everything",
		"aws:iam/rolePolicy:RolePolicy",
		"jobs-role-policy",
		({ inputs }) => {
			inputs.policy = policy("s3:GetObject", undefined, { NotResource: "arn:x" });
		},
	],
	[
		"public access",
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
		"network-dashboards-to-warehouse-in",
		({ inputs }) => {
			inputs.cidrIpv4 = "128.0.0.0/1";
		},
	],
	[
		"public access",
		"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
		"network-default-group",
		({ inputs }) => {
			inputs.ingress = [{ cidrBlocks: ["0.0.0.0/0"] }];
		},
	],
	[
		"public access",
		"aws:s3/bucketPolicy:BucketPolicy",
		"lake-raw-policy",
		({ inputs }) => {
			inputs.policy = policy("s3:GetObject", "arn:x", { Principal: { AWS: ["*"] } });
		},
	],
	[
		"something unencrypted",
		"aws:glue/securityConfiguration:SecurityConfiguration",
		"encryption-glue",
		({ inputs }) => {
			inputs.encryptionConfiguration = { s3Encryption: { s3EncryptionMode: "DISABLED" } };
		},
	],
	[
		"something unencrypted",
		"aws:rds/parameterGroup:ParameterGroup",
		"source-parameters",
		({ inputs }) => {
			inputs.parameters = [{ name: "require_secure_transport", value: "0" }];
		},
	],
	[
		"a role that a confused deputy could assume",
		"aws:iam/role:Role",
		"jobs-role",
		({ inputs }) => {
			const Principal = { AWS: "arn:aws-test:iam::999999999999:root" };
			inputs.assumeRolePolicy = policy("sts:AssumeRole", undefined, { Principal });
		},
	],
	[
		"inputs of a component",
		"analytics:network:Network",
		"network",
		({ inputs }) => {
			inputs.queries = [{ name: "order_funnel", sql: "SELECT 1" }];
		},
	],
	[
		"inputs of a component",
		"analytics:encryption:Encryption",
		"encryption",
		({ inputs }) => {
			inputs.disposable = false;
		},
	],
	[
		"a path of the machine that deploys",
		"analytics:dataLake:DataLake",
		"lake",
		({ inputs }) => {
			inputs.etlFolder = repositoryPath("etl");
		},
	],
	[
		"a path of the machine that deploys",
		"aws:glue/job:Job",
		"jobs-star-schema",
		({ inputs }) => {
			inputs.description = "made of /home/somebody/pipeline/etl/jobs";
		},
	],
	[
		"a path of the machine that deploys",
		"aws:s3/bucketObject:BucketObject",
		"jobs-star-schema-script",
		({ inputs }) => {
			inputs.source = `file:${repositoryPath("etl/jobs/star_schema.py")}`;
		},
	],
	...lifecycleMutations,
];

function policy(action: string | undefined, resource: string | undefined, more: object = {}): string {
	return JSON.stringify({
		Version: "2012-10-17",
		Statement: [{ Effect: "Allow", Action: action, Resource: resource, ...more }],
	});
}
