import type { Registered } from "../testing/program.ts";
import type { rules } from "./rules.ts";

/** The rule that must see it, type and name of the resource, and what is made of the resource. */
export type Mutation = [keyof typeof rules, string, string, (resource: Registered) => void];

const long = (characters: number): string => "x".repeat(characters);

export const lifecycleMutations: Mutation[] = [
	[
		"an input that others write, too",
		"aws:redshiftserverless/workgroup:Workgroup",
		"warehouse-workgroup",
		({ inputs }) => {
			inputs.configParameters = [{ parameterKey: "require_ssl", parameterValue: "true" }];
		},
	],
	[
		"an input that others write, too",
		"aws:ec2/securityGroup:SecurityGroup",
		"network-database",
		({ inputs }) => {
			inputs.egress = [];
		},
	],
	[
		"an input that others write, too",
		"aws:glue/catalogTable:CatalogTable",
		"catalog-clickstream_data",
		(table) => {
			table.options = ["ignoreChanges parameters, storageDescriptor.columns"];
		},
	],
	[
		"an input that others write, too",
		"aws:rds/instance:Instance",
		"source-instance",
		(database) => {
			database.options = ["protected"];
		},
	],
	[
		"a version that AWS changes by itself",
		"aws:dms/replicationInstance:ReplicationInstance",
		"replication-instance",
		({ inputs }) => {
			inputs.engineVersion = "3.6.1";
		},
	],
	[
		"a version that AWS changes by itself",
		"aws:rds/instance:Instance",
		"source-instance",
		({ inputs }) => {
			inputs.engineVersion = "8.4.5";
			delete inputs.autoMinorVersionUpgrade;
		},
	],
	...[
		["aws:kms/key:Key", "encryption-key"],
		["aws:s3/bucket:Bucket", "lake-raw"],
		["aws:rds/instance:Instance", "source-instance"],
		["aws:redshiftserverless/namespace:Namespace", "warehouse-namespace"],
		["aws:glue/catalogDatabase:CatalogDatabase", "catalog-database"],
	].map(
		([type = "", part = ""]): Mutation => [
			"data that is not protected",
			type,
			part,
			(resource) => {
				resource.options = resource.options.filter((option) => option !== "protected");
			},
		],
	),
	...[
		["aws:dms/endpoint:Endpoint", "replication-source"],
		["aws:dms/replicationTask:ReplicationTask", "replication-task"],
		["aws:quicksight/dataSource:DataSource", "dashboards-source"],
		["aws:glue/catalogTable:CatalogTable", "catalog-clickstream_data"],
		["aws:glue/securityConfiguration:SecurityConfiguration", "encryption-glue"],
		["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "clickstream-delivery"],
	].map(
		([type = "", part = ""]): Mutation => [
			"a replacement that cannot stand beside the old one",
			type,
			part,
			(resource) => {
				resource.options = [];
			},
		],
	),
	[
		"a replacement that cannot stand beside the old one",
		"aws:dms/certificate:Certificate",
		"replication-source-certificate",
		({ inputs }) => {
			inputs.certificateId = "analytics-pipeline-prod-replication-source";
		},
	],
	[
		"an endpoint that cannot be changed",
		"aws:dms/endpoint:Endpoint",
		"replication-source",
		({ inputs }) => {
			delete inputs.pauseReplicationTasks;
		},
	],
	[
		"a document too long for AWS",
		"aws:iam/rolePolicy:RolePolicy",
		"jobs-role-policy",
		({ inputs }) => {
			inputs.policy = JSON.stringify({ Version: "2012-10-17", Statement: [], Comment: long(8_001) });
		},
	],
	[
		"a document too long for AWS",
		"aws:cloudwatch/eventRule:EventRule",
		"monitoring-failed-job",
		({ inputs }) => {
			inputs.eventPattern = long(2_049);
		},
	],
	[
		"a document too long for AWS",
		"aws:ec2/vpcEndpoint:VpcEndpoint",
		"network-s3",
		({ inputs }) => {
			inputs.policy = JSON.stringify({ Version: "2012-10-17", Statement: [], Comment: long(20_481) });
		},
	],
	...[
		{ States: { first: { Type: "Map", ItemProcessor: { States: { second: {} } } }, second: {} } },
		{ States: { first: { Type: "Parallel", Branches: [{ States: { twice: {} } }, { States: { twice: {} } }] } } },
		{ States: { [long(81)]: {} } },
	].map(
		(definition): Mutation => [
			"a state that AWS would not tell from another one",
			"aws:sfn/stateMachine:StateMachine",
			"schedule-runs",
			({ inputs }) => {
				inputs.definition = JSON.stringify(definition);
			},
		],
	),
	...refused(
		"aws:glue/job:Job",
		"jobs-star-schema",
		{ executionClass: "FLEX", jobRunQueuingEnabled: true },
		{ executionClass: "FLEX", jobRunQueuingEnabled: false, workerType: "G.4X" },
		{ jobRunQueuingEnabled: true, maxRetries: 1 },
	),
	...refused(
		"aws:rds/instance:Instance",
		"source-instance",
		{ maxAllocatedStorage: 65_537 },
		{ allocatedStorage: 100, maxAllocatedStorage: 105 },
		{ allocatedStorage: 65_537 },
		{ skipFinalSnapshot: false, finalSnapshotIdentifier: undefined },
	),
	...refused(
		"aws:dms/s3Endpoint:S3Endpoint",
		"replication-target",
		{ preserveTransactions: true },
		{ cdcInsertsOnly: true, cdcInsertsAndUpdates: true },
	),
	...refused("aws:kinesis/stream:Stream", "clickstream-stream", { shardCount: 1 }),
	...refused("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "clickstream-delivery", {
		extendedS3Configuration: { bufferingSize: 1, dynamicPartitioningConfiguration: { enabled: true } },
	}),
	...refused("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "lake-raw-lifecycle", {
		rules: [{ id: "both", status: "Enabled", expiration: { days: 1, expiredObjectDeleteMarker: true } }],
	}),
	[
		"something that is kept for ever",
		"aws:cloudwatch/logGroup:LogGroup",
		"clickstream-log",
		({ inputs }) => {
			delete inputs.retentionInDays;
		},
	],
	...["abortIncompleteMultipartUpload", "noncurrentVersionExpiration", "expiration"].map(
		(part): Mutation => [
			"something that is kept for ever",
			"aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
			"lake-scripts-lifecycle",
			({ inputs }) => {
				inputs.rules = (inputs.rules as Record<string, unknown>[]).map(({ [part]: _, ...rule }) => rule);
			},
		],
	),
];

/** One mutation for each set of inputs that are not to be had together. */
function refused(type: string, part: string, ...together: Record<string, unknown>[]): Mutation[] {
	return together.map((changes) => [
		"arguments that AWS refuses together",
		type,
		part,
		({ inputs }) => {
			Object.assign(inputs, changes);
		},
	]);
}
