import type { Program, Registered } from "../../infra/testing/program.ts";
import { capitalised, type Inputs, settings, without } from "./inputs.ts";
import { smallRequests } from "./smallRequests.ts";

/** A request to an AWS API, as botocore's models describe it. */
export interface ApiRequest {
	service: string;
	operation: string;
	params: unknown;
}

/** What the provider makes of a resource's inputs: service, operation, and the request. */
const requests: Record<string, [string, string, (inputs: Inputs) => unknown]> = {
	"aws:dms/replicationTask:ReplicationTask": [
		"dms",
		"CreateReplicationTask",
		(inputs) => {
			const { ReplicationTaskId, ...rest } = capitalised(without(inputs, "startReplicationTask")) as Inputs;
			return { ReplicationTaskIdentifier: ReplicationTaskId, ...rest };
		},
	],
	"aws:dms/replicationInstance:ReplicationInstance": [
		"dms",
		"CreateReplicationInstance",
		(inputs) => {
			const { ReplicationInstanceId, ReplicationSubnetGroupId, MultiAz, KmsKeyArn, ...rest } = capitalised(
				without(inputs, "allowMajorVersionUpgrade", "applyImmediately"),
			) as Inputs;
			return {
				...rest,
				ReplicationInstanceIdentifier: ReplicationInstanceId,
				ReplicationSubnetGroupIdentifier: ReplicationSubnetGroupId,
				MultiAZ: MultiAz,
				KmsKeyId: KmsKeyArn,
			};
		},
	],
	"aws:dms/endpoint:Endpoint": [
		"dms",
		"CreateEndpoint",
		(inputs) => {
			const own = [
				"endpointId",
				"endpointType",
				"engineName",
				"sslMode",
				"certificateArn",
				"kmsKeyArn",
				"mysqlSettings",
				"pauseReplicationTasks",
			];
			return {
				EndpointIdentifier: inputs.endpointId,
				EndpointType: inputs.endpointType,
				EngineName: inputs.engineName,
				SslMode: inputs.sslMode,
				CertificateArn: inputs.certificateArn,
				KmsKeyId: inputs.kmsKeyArn,
				...(inputs.kinesisSettings === undefined
					? {
							MySQLSettings: {
								...(capitalised(inputs.mysqlSettings ?? {}) as Inputs),
								SecretsManagerSecretId: inputs.secretsManagerArn,
								...(capitalised(without(inputs, ...own, "secretsManagerArn")) as Inputs),
							},
						}
					: { KinesisSettings: capitalised(inputs.kinesisSettings) }),
			};
		},
	],
	"aws:dms/s3Endpoint:S3Endpoint": [
		"dms",
		"CreateEndpoint",
		(inputs) => ({
			EndpointIdentifier: inputs.endpointId,
			EndpointType: inputs.endpointType,
			EngineName: "s3",
			S3Settings: {
				...(capitalised(without(inputs, "endpointId", "endpointType")) as Inputs),
				// The provider spells these two in its own way.
				CompressionType: String(inputs.compressionType).toLowerCase(),
				EncryptionMode: String(inputs.encryptionMode).toLowerCase().replace("_", "-"),
			},
		}),
	],
	"aws:dms/eventSubscription:EventSubscription": [
		"dms",
		"CreateEventSubscription",
		(inputs) => {
			const { Name, ...rest } = capitalised(inputs) as Inputs;
			return { SubscriptionName: Name, ...rest };
		},
	],
	"aws:glue/job:Job": [
		"glue",
		"CreateJob",
		(inputs) => {
			const { RoleArn, Connections, ...rest } = capitalised(inputs, ["defaultArguments"]) as Inputs;
			return { Role: RoleArn, ...rest, ...(Connections === undefined ? {} : { Connections: { Connections } }) };
		},
	],
	"aws:glue/crawler:Crawler": [
		"glue",
		"CreateCrawler",
		(inputs) => {
			const { CatalogTargets, SecurityConfiguration, ...rest } = capitalised(inputs) as Inputs;
			return { ...rest, Targets: { CatalogTargets }, CrawlerSecurityConfiguration: SecurityConfiguration };
		},
	],
	"aws:glue/catalogTable:CatalogTable": [
		"glue",
		"CreateTable",
		(inputs) => {
			const { DatabaseName, StorageDescriptor, ...rest } = capitalised(inputs, ["parameters"]) as Inputs;
			const { SerDeInfo, ...descriptor } = StorageDescriptor as Inputs;
			return { DatabaseName, TableInput: { ...rest, StorageDescriptor: { ...descriptor, SerdeInfo: SerDeInfo } } };
		},
	],
	"aws:glue/dataQualityRuleset:DataQualityRuleset": [
		"glue",
		"CreateDataQualityRuleset",
		(inputs) => capitalised(inputs),
	],
	"aws:glue/connection:Connection": [
		"glue",
		"CreateConnection",
		(inputs) => {
			const { PhysicalConnectionRequirements, ...rest } = capitalised(inputs, ["connectionProperties"]) as Inputs;
			const { SecurityGroupIdLists, ...place } = PhysicalConnectionRequirements as Inputs;
			return {
				ConnectionInput: {
					...rest,
					PhysicalConnectionRequirements: { ...place, SecurityGroupIdList: SecurityGroupIdLists },
				},
			};
		},
	],
	"aws:glue/securityConfiguration:SecurityConfiguration": [
		"glue",
		"CreateSecurityConfiguration",
		(inputs) => {
			const { cloudwatchEncryption, jobBookmarksEncryption, s3Encryption } = inputs.encryptionConfiguration as Inputs;
			return {
				Name: inputs.name,
				EncryptionConfiguration: {
					CloudWatchEncryption: {
						CloudWatchEncryptionMode: (cloudwatchEncryption as Inputs).cloudwatchEncryptionMode,
						KmsKeyArn: (cloudwatchEncryption as Inputs).kmsKeyArn,
					},
					JobBookmarksEncryption: capitalised(jobBookmarksEncryption),
					S3Encryption: [capitalised(s3Encryption)],
				},
			};
		},
	],
	"aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": [
		"firehose",
		"CreateDeliveryStream",
		(inputs) => {
			const { kinesisStreamArn, roleArn } = inputs.kinesisSourceConfiguration as Inputs;
			const { bucketArn, bufferingSize, bufferingInterval, cloudwatchLoggingOptions, kmsKeyArn, ...s3 } =
				inputs.extendedS3Configuration as Inputs;
			return {
				DeliveryStreamName: inputs.name,
				DeliveryStreamType: "KinesisStreamAsSource",
				KinesisStreamSourceConfiguration: { KinesisStreamARN: kinesisStreamArn, RoleARN: roleArn },
				ExtendedS3DestinationConfiguration: {
					...(capitalised(without(s3, "roleArn")) as Inputs),
					RoleARN: s3.roleArn,
					BucketARN: bucketArn,
					BufferingHints: { SizeInMBs: bufferingSize, IntervalInSeconds: bufferingInterval },
					CloudWatchLoggingOptions: capitalised(cloudwatchLoggingOptions),
					EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: kmsKeyArn } },
				},
			};
		},
	],
	"aws:athena/workgroup:Workgroup": [
		"athena",
		"CreateWorkGroup",
		(inputs) => {
			const configuration = capitalised(inputs.configuration) as Inputs;
			const { EnforceWorkgroupConfiguration, PublishCloudwatchMetricsEnabled, ResultConfiguration, ...rest } =
				configuration;
			const { EncryptionConfiguration, ...results } = ResultConfiguration as Inputs;
			const { EncryptionOption, KmsKeyArn } = EncryptionConfiguration as Inputs;
			return {
				Name: inputs.name,
				Description: inputs.description,
				Configuration: {
					...rest,
					EnforceWorkGroupConfiguration: EnforceWorkgroupConfiguration,
					PublishCloudWatchMetricsEnabled: PublishCloudwatchMetricsEnabled,
					ResultConfiguration: { ...results, EncryptionConfiguration: { EncryptionOption, KmsKey: KmsKeyArn } },
				},
			};
		},
	],
	"aws:athena/namedQuery:NamedQuery": [
		"athena",
		"CreateNamedQuery",
		({ name, description, database, query, workgroup }) => ({
			Name: name,
			Description: description,
			Database: database,
			QueryString: query,
			WorkGroup: workgroup,
		}),
	],
	"aws:redshiftserverless/namespace:Namespace": ["redshift-serverless", "CreateNamespace", (inputs) => inputs],
	"aws:redshiftserverless/workgroup:Workgroup": ["redshift-serverless", "CreateWorkgroup", (inputs) => inputs],
	"aws:scheduler/schedule:Schedule": ["scheduler", "CreateSchedule", (inputs) => capitalised(inputs)],
	"aws:sfn/stateMachine:StateMachine": [
		"stepfunctions",
		"CreateStateMachine",
		(inputs) => {
			const { logDestination, ...logging } = inputs.loggingConfiguration as Inputs;
			return {
				...inputs,
				loggingConfiguration: {
					...logging,
					destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logDestination } }],
				},
			};
		},
	],
	"aws:cloudwatch/metricAlarm:MetricAlarm": [
		"cloudwatch",
		"PutMetricAlarm",
		(inputs) => {
			const { Name, OkActions, Dimensions, ...rest } = capitalised(inputs, ["dimensions"]) as Inputs;
			const dimensions = Object.entries(Dimensions as Inputs).map(([name, value]) => ({ Name: name, Value: value }));
			return { AlarmName: Name, OKActions: OkActions, Dimensions: dimensions, ...rest };
		},
	],
	"aws:cloudwatch/eventRule:EventRule": ["events", "PutRule", (inputs) => capitalised(inputs)],
	"aws:quicksight/dataSet:DataSet": [
		"quicksight",
		"CreateDataSet",
		({ physicalTableMaps, ...inputs }) => ({
			AwsAccountId: "111122223333",
			...(capitalised(inputs) as Inputs),
			PhysicalTableMap: Object.fromEntries(
				(physicalTableMaps as Inputs[]).map(({ physicalTableMapId, ...table }) => [
					physicalTableMapId,
					capitalised({ customSql: table.customSql }),
				]),
			),
		}),
	],
	"aws:quicksight/dataSource:DataSource": [
		"quicksight",
		"CreateDataSource",
		({ parameters, ...inputs }) => ({
			AwsAccountId: "111122223333",
			...(capitalised(inputs) as Inputs),
			DataSourceParameters: Object.fromEntries(
				Object.entries(parameters as Inputs).map(([kind, value]) => [
					`${kind.charAt(0).toUpperCase()}${kind.slice(1)}Parameters`,
					capitalised(value),
				]),
			),
		}),
	],
	"aws:quicksight/vpcConnection:VpcConnection": [
		"quicksight",
		"CreateVPCConnection",
		(inputs) => {
			const { VpcConnectionId, ...rest } = capitalised(inputs) as Inputs;
			return { AwsAccountId: "111122223333", VPCConnectionId: VpcConnectionId, ...rest };
		},
	],
	"aws-native:quicksight:Analysis": ["quicksight", "CreateAnalysis", (inputs) => quickSight(inputs)],
	"aws-native:quicksight:Dashboard": ["quicksight", "CreateDashboard", (inputs) => quickSight(inputs)],
	"aws:kms/key:Key": ["kms", "CreateKey", (inputs) => capitalised(settings(inputs, "description", "policy"))],
};

/** QuickSight's own names; some of them are not only capitalised. */
export function quickSight(inputs: Inputs): unknown {
	return JSON.parse(JSON.stringify(capitalised(inputs)).replaceAll(/"Kpi(Visual|Options)"/g, '"KPI$1"'));
}

/** What the provider asks of AWS to make a resource; nothing where its type is not known here. */
export function requestsFor({ type, name, inputs }: Registered): ApiRequest[] {
	const known = requests[type];
	if (known !== undefined) return [{ service: known[0], operation: known[1], params: known[2](inputs) }];
	const [service, calls] = smallRequests[type] ?? ["", () => []];
	return calls(inputs, name).map(([operation, params]) => ({ service, operation, params }));
}

/** The requests for all resources of a program whose type is known here, with the resource that each is for. */
export function apiRequests(program: Program): { resource: Registered; request: ApiRequest }[] {
	return program.resources.flatMap((resource) => requestsFor(resource).map((request) => ({ resource, request })));
}

export const requestedTypes = [...Object.keys(requests), ...Object.keys(smallRequests)];
