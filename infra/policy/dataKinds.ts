/** Kinds of resources: with data, and without. A type that is in neither table has to be put into one. */

const isSet = (key: string) => (inputs: Record<string, unknown>) => inputs[key] !== undefined;
const has = (inputs: unknown, path: string): unknown =>
	path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], inputs);

const requires = (name: string, value: string) => (inputs: Record<string, unknown>) =>
	JSON.stringify(inputs.parameters).includes(JSON.stringify({ name, value }));

/** What holds or carries data, and by which inputs it is encrypted. */
export const encrypted: Record<string, (inputs: Record<string, unknown>) => boolean> = {
	"aws:athena/workgroup:Workgroup": (inputs) =>
		has(inputs, "configuration.resultConfiguration.encryptionConfiguration.encryptionOption") === "SSE_KMS" &&
		has(inputs, "configuration.enforceWorkgroupConfiguration") === true,
	"aws:cloudwatch/logGroup:LogGroup": isSet("kmsKeyId"),
	// Kinesis is reached by HTTPS only; DMS has no setting for it.
	"aws:dms/endpoint:Endpoint": ({ kmsKeyArn, sslMode, engineName }) =>
		kmsKeyArn !== undefined && (engineName === "kinesis" || String(sslMode).startsWith("verify-")),
	"aws:dms/replicationInstance:ReplicationInstance": isSet("kmsKeyArn"),
	"aws:dms/s3Endpoint:S3Endpoint": (inputs) =>
		inputs.encryptionMode === "SSE_KMS" && isSet("serverSideEncryptionKmsKeyId")(inputs),
	"aws:ec2/instance:Instance": (inputs) => has(inputs, "rootBlockDevice.encrypted") === true,
	"aws:glue/connection:Connection": (inputs) => has(inputs, "connectionProperties.JDBC_ENFORCE_SSL") === "true",
	"aws:glue/crawler:Crawler": isSet("securityConfiguration"),
	"aws:glue/job:Job": isSet("securityConfiguration"),
	"aws:glue/securityConfiguration:SecurityConfiguration": (inputs) =>
		[
			"cloudwatchEncryption.cloudwatchEncryptionMode",
			"jobBookmarksEncryption.jobBookmarksEncryptionMode",
			"s3Encryption.s3EncryptionMode",
		].every((mode) => String(has(inputs, `encryptionConfiguration.${mode}`)).endsWith("-KMS")),
	"aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (inputs) =>
		has(inputs, "extendedS3Configuration.kmsKeyArn") !== undefined,
	"aws:kinesis/stream:Stream": (inputs) => inputs.encryptionType === "KMS" && isSet("kmsKeyId")(inputs),
	"aws:kms/key:Key": ({ enableKeyRotation }) => enableKeyRotation === true,
	"aws:quicksight/dataSource:DataSource": (inputs) => has(inputs, "sslProperties.disableSsl") === false,
	"aws:rds/instance:Instance": (inputs) => inputs.storageEncrypted === true && isSet("kmsKeyId")(inputs),
	"aws:rds/parameterGroup:ParameterGroup": requires("require_secure_transport", "1"),
	"aws:redshift/parameterGroup:ParameterGroup": requires("require_ssl", "true"),
	"aws:redshift/cluster:Cluster": (inputs) => inputs.encrypted === "true" && isSet("kmsKeyId")(inputs),
	"aws:redshiftserverless/namespace:Namespace": (inputs) =>
		isSet("kmsKeyId")(inputs) && isSet("adminPasswordSecretKmsKeyId")(inputs),
	"aws:redshiftserverless/workgroup:Workgroup": (inputs) =>
		// TLS only is the default, and cannot be turned off while a workgroup is made.
		!JSON.stringify(inputs.configParameters ?? []).includes('"require_ssl","parameterValue":"false"'),
	"aws:scheduler/schedule:Schedule": isSet("kmsKeyArn"),
	"aws:secretsmanager/secret:Secret": isSet("kmsKeyId"),
	"aws:sfn/stateMachine:StateMachine": (inputs) =>
		has(inputs, "encryptionConfiguration.type") === "CUSTOMER_MANAGED_KMS_KEY",
	"aws:sns/topic:Topic": isSet("kmsMasterKeyId"),
};

/** What holds no data of its own. */
export const dataless = new Set([
	"aws-native:quicksight:Analysis",
	"aws-native:quicksight:Dashboard",
	"aws:athena/namedQuery:NamedQuery",
	"aws:budgets/budget:Budget",
	"aws:cloudwatch/dashboard:Dashboard",
	"aws:cloudwatch/eventRule:EventRule",
	"aws:cloudwatch/eventTarget:EventTarget",
	"aws:cloudwatch/logStream:LogStream",
	"aws:cloudwatch/metricAlarm:MetricAlarm",
	"aws:dms/certificate:Certificate",
	"aws:dms/eventSubscription:EventSubscription",
	"aws:dms/replicationSubnetGroup:ReplicationSubnetGroup",
	"aws:dms/replicationTask:ReplicationTask",
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
	"aws:ec2/networkInterface:NetworkInterface",
	"aws:ec2/routeTable:RouteTable",
	"aws:ec2/routeTableAssociation:RouteTableAssociation",
	"aws:ec2/securityGroup:SecurityGroup",
	"aws:ec2/subnet:Subnet",
	"aws:ec2/flowLog:FlowLog",
	"aws:ec2/vpc:Vpc",
	"aws:ec2/vpcEndpoint:VpcEndpoint",
	"aws:glue/catalogDatabase:CatalogDatabase",
	"aws:glue/catalogTable:CatalogTable",
	"aws:glue/dataQualityRuleset:DataQualityRuleset",
	"aws:iam/instanceProfile:InstanceProfile",
	"aws:iam/role:Role",
	"aws:iam/rolePolicy:RolePolicy",
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment",
	"aws:kms/alias:Alias",
	"aws:lakeformation/permissions:Permissions",
	"aws:lakeformation/resource:Resource",
	"aws:quicksight/accountSubscription:AccountSubscription",
	"aws:quicksight/dataSet:DataSet",
	"aws:quicksight/vpcConnection:VpcConnection",
	"aws:rds/subnetGroup:SubnetGroup",
	"aws:redshift/logging:Logging",
	"aws:redshift/subnetGroup:SubnetGroup",
	"aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
	"aws:s3/bucketLogging:BucketLogging",
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls",
	"aws:s3/bucketPolicy:BucketPolicy",
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
	"aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
	"aws:s3/bucketVersioning:BucketVersioning",
	"aws:secretsmanager/secretVersion:SecretVersion",
	"aws:sns/topicPolicy:TopicPolicy",
	"aws:sns/topicSubscription:TopicSubscription",
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
	// Encrypted and guarded by what is tied to its bucket; see below.
	"aws:s3/bucket:Bucket",
	"aws:s3/bucketObject:BucketObject",
]);
