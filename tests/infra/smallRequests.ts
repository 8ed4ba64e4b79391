import { capitalised, type Inputs, omitted, settings, without } from "./inputs.ts";

/** A request without its service: operation and parameters. */
export type Call = [operation: string, params: unknown];

const bucket = (inputs: Inputs): Inputs => ({ Bucket: inputs.bucket });

/** Lists that AWS's API has by other names, and filters that it wants, of a rule of a bucket's life cycle. */
function lifecycleRule(rule: Inputs): Inputs {
	const { Id, Filter, ...rest } = capitalised(rule) as Inputs;
	const { Prefix = "" } = Filter as Inputs;
	return { ID: Id, Filter: { Prefix }, ...rest };
}

const ingress = (inputs: Inputs): Inputs => ({
	GroupId: inputs.securityGroupId,
	IpPermissions: [
		omitted({
			IpProtocol: inputs.ipProtocol,
			FromPort: inputs.fromPort,
			ToPort: inputs.toPort,
			UserIdGroupPairs:
				inputs.referencedSecurityGroupId === undefined
					? undefined
					: [{ GroupId: inputs.referencedSecurityGroupId, Description: inputs.description }],
			PrefixListIds: inputs.prefixListId === undefined ? undefined : [{ PrefixListId: inputs.prefixListId }],
			IpRanges: inputs.cidrIpv4 === undefined ? undefined : [{ CidrIp: inputs.cidrIpv4 }],
		}),
	],
});

/** What the provider makes of a resource's inputs where that is little: the service, and one request or several. */
export const smallRequests: Record<string, [service: string, calls: (inputs: Inputs, name: string) => Call[]]> = {
	"aws:cloudwatch/dashboard:Dashboard": ["cloudwatch", (inputs) => [["PutDashboard", capitalised(inputs)]]],
	"aws:cloudwatch/eventTarget:EventTarget": [
		"events",
		({ rule, arn }) => [["PutTargets", { Rule: rule, Targets: [{ Id: "topic", Arn: arn }] }]],
	],
	"aws:cloudwatch/logGroup:LogGroup": [
		"logs",
		({ name, kmsKeyId, retentionInDays }) => [
			["CreateLogGroup", { logGroupName: name, kmsKeyId }],
			["PutRetentionPolicy", { logGroupName: name, retentionInDays }],
		],
	],
	"aws:cloudwatch/logStream:LogStream": [
		"logs",
		({ name, logGroupName }) => [["CreateLogStream", { logGroupName, logStreamName: name }]],
	],
	"aws:ec2/flowLog:FlowLog": [
		"ec2",
		({ vpcId, iamRoleArn, ...rest }) => [
			[
				"CreateFlowLogs",
				{
					...(capitalised(without(rest, "tags")) as Inputs),
					ResourceIds: [vpcId],
					ResourceType: "VPC",
					DeliverLogsPermissionArn: iamRoleArn,
				},
			],
		],
	],
	"aws:ec2/instance:Instance": [
		"ec2",
		({ ami, iamInstanceProfile, instanceType, userData, primaryNetworkInterface }) => [
			[
				"RunInstances",
				{
					ImageId: ami,
					InstanceType: instanceType,
					IamInstanceProfile: { Name: iamInstanceProfile },
					UserData: userData,
					MinCount: 1,
					MaxCount: 1,
					NetworkInterfaces: [
						{ DeviceIndex: 0, NetworkInterfaceId: (primaryNetworkInterface as Inputs).networkInterfaceId },
					],
				},
			],
		],
	],
	"aws:ec2/networkInterface:NetworkInterface": [
		"ec2",
		({ description, securityGroups, subnetId }) => [
			["CreateNetworkInterface", { Description: description, Groups: securityGroups, SubnetId: subnetId }],
		],
	],
	"aws:ec2/routeTable:RouteTable": ["ec2", ({ vpcId }) => [["CreateRouteTable", { VpcId: vpcId }]]],
	"aws:ec2/routeTableAssociation:RouteTableAssociation": [
		"ec2",
		(inputs) => [["AssociateRouteTable", capitalised(inputs)]],
	],
	"aws:ec2/securityGroup:SecurityGroup": [
		"ec2",
		({ description, vpcId }, name) => [
			["CreateSecurityGroup", { GroupName: name, Description: description, VpcId: vpcId }],
		],
	],
	"aws:ec2/subnet:Subnet": [
		"ec2",
		(inputs) => [["CreateSubnet", capitalised(settings(inputs, "vpcId", "cidrBlock", "availabilityZone"))]],
	],
	"aws:ec2/vpc:Vpc": ["ec2", ({ cidrBlock }) => [["CreateVpc", { CidrBlock: cidrBlock }]]],
	"aws:ec2/vpcEndpoint:VpcEndpoint": [
		"ec2",
		({ policy, ...inputs }) => [
			[
				"CreateVpcEndpoint",
				{ ...(capitalised(without(inputs, "tags")) as Inputs), ...omitted({ PolicyDocument: policy }) },
			],
		],
	],
	"aws:glue/catalogDatabase:CatalogDatabase": [
		"glue",
		(inputs) => [["CreateDatabase", { DatabaseInput: capitalised(inputs) }]],
	],
	"aws:iam/instanceProfile:InstanceProfile": [
		"iam",
		({ role }, name) => [
			["CreateInstanceProfile", { InstanceProfileName: name }],
			["AddRoleToInstanceProfile", { InstanceProfileName: name, RoleName: role }],
		],
	],
	"aws:iam/role:Role": [
		"iam",
		({ name: given, assumeRolePolicy, description }, name) => [
			[
				"CreateRole",
				omitted({ RoleName: given ?? name, AssumeRolePolicyDocument: assumeRolePolicy, Description: description }),
			],
		],
	],
	"aws:iam/rolePolicy:RolePolicy": [
		"iam",
		({ role, policy }, name) => [["PutRolePolicy", { RoleName: role, PolicyName: name, PolicyDocument: policy }]],
	],
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
		"iam",
		({ role, policyArn }) => [["AttachRolePolicy", { RoleName: role, PolicyArn: policyArn }]],
	],
	"aws:kinesis/stream:Stream": [
		"kinesis",
		({ name, streamModeDetails, encryptionType, kmsKeyId, retentionPeriod }) => [
			["CreateStream", { StreamName: name, StreamModeDetails: capitalised(streamModeDetails) }],
			["StartStreamEncryption", { StreamName: name, EncryptionType: encryptionType, KeyId: kmsKeyId }],
			...(Number(retentionPeriod) > 24
				? [["IncreaseStreamRetentionPeriod", { StreamName: name, RetentionPeriodHours: retentionPeriod }] as Call]
				: []),
		],
	],
	"aws:kms/alias:Alias": [
		"kms",
		({ name, targetKeyId }) => [["CreateAlias", { AliasName: name, TargetKeyId: targetKeyId }]],
	],
	"aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
		"s3",
		(inputs) => [
			[
				"PutBucketLifecycleConfiguration",
				{ ...bucket(inputs), LifecycleConfiguration: { Rules: (inputs.rules as Inputs[]).map(lifecycleRule) } },
			],
		],
	],
	"aws:s3/bucketLogging:BucketLogging": [
		"s3",
		(inputs) => [
			[
				"PutBucketLogging",
				{ ...bucket(inputs), BucketLoggingStatus: { LoggingEnabled: capitalised(without(inputs, "bucket")) } },
			],
		],
	],
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls": [
		"s3",
		(inputs) => [
			["PutBucketOwnershipControls", { ...bucket(inputs), OwnershipControls: { Rules: [capitalised(inputs.rule)] } }],
		],
	],
	"aws:s3/bucketPolicy:BucketPolicy": [
		"s3",
		(inputs) => [["PutBucketPolicy", { ...bucket(inputs), Policy: inputs.policy }]],
	],
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
		"s3",
		(inputs) => [
			[
				"PutPublicAccessBlock",
				{ ...bucket(inputs), PublicAccessBlockConfiguration: capitalised(without(inputs, "bucket")) },
			],
		],
	],
	"aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
		"s3",
		(inputs) => [
			[
				"PutBucketEncryption",
				{
					...bucket(inputs),
					ServerSideEncryptionConfiguration: {
						Rules: (inputs.rules as Inputs[]).map(({ applyServerSideEncryptionByDefault: standard, ...rest }) => {
							const { sseAlgorithm, kmsMasterKeyId } = standard as Inputs;
							return {
								ApplyServerSideEncryptionByDefault: omitted({
									SSEAlgorithm: sseAlgorithm,
									KMSMasterKeyID: kmsMasterKeyId,
								}),
								...(capitalised(settings(rest, "bucketKeyEnabled")) as Inputs),
							};
						}),
					},
				},
			],
		],
	],
	"aws:s3/bucketVersioning:BucketVersioning": [
		"s3",
		(inputs) => [
			[
				"PutBucketVersioning",
				{ ...bucket(inputs), VersioningConfiguration: capitalised(inputs.versioningConfiguration) },
			],
		],
	],
	"aws:secretsmanager/secret:Secret": [
		"secretsmanager",
		({ description, kmsKeyId }, name) => [
			["CreateSecret", omitted({ Name: name, Description: description, KmsKeyId: kmsKeyId })],
		],
	],
	"aws:secretsmanager/secretVersion:SecretVersion": [
		"secretsmanager",
		({ secretId, secretString }) => [["PutSecretValue", { SecretId: secretId, SecretString: secretString }]],
	],
	"aws:sns/topic:Topic": [
		"sns",
		({ name, kmsMasterKeyId }) => [["CreateTopic", { Name: name, Attributes: { KmsMasterKeyId: kmsMasterKeyId } }]],
	],
	"aws:sns/topicPolicy:TopicPolicy": [
		"sns",
		({ arn, policy }) => [["SetTopicAttributes", { TopicArn: arn, AttributeName: "Policy", AttributeValue: policy }]],
	],
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [
		"ec2",
		(inputs) => [["AuthorizeSecurityGroupEgress", ingress(inputs)]],
	],
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [
		"ec2",
		(inputs) => [["AuthorizeSecurityGroupIngress", ingress(inputs)]],
	],
};
