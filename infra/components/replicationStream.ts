import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Dataset, lake } from "../../etl/datasets.ts";
import { objectArns } from "../lakeAccess.ts";
import { encryptedLogGroup } from "../logGroup.ts";
import { allow } from "../policyDocument.ts";
import { serviceRole } from "../serviceRole.ts";

export interface ReplicationStreamArgs {
	/** Their schemas are the prefixes that the delivery writes. */
	datasets: readonly Dataset[];
	rawBucketArn: pulumi.Input<string>;
	kmsKeyArn: pulumi.Input<string>;
	logRetentionDays: pulumi.Input<number>;
}

/**
 * The way of changes to whom minutes are too long: DMS writes messages to an on-demand Kinesis stream, where others may
 * read them at once, and Firehose brings them to `<schema>/<table>/YYYY/MM/DD/HH/` of the raw zone, from which the jobs
 * build the same tables as from the files of the S3 target.
 *
 * Danger: to replace stream or delivery loses what was not delivered; load the tables anew afterwards
 * (`pipeline-cli replication start --reload`).
 *
 * Cost: on demand $29 a month for the stream, $0.08 a GB in, $0.029 a GB through Firehose, $0.02 a GB for partitioning.
 */
export class ReplicationStream extends pulumi.ComponentResource {
	/** DMS's target, in the place of the S3 endpoint; known once the delivery reads the stream. */
	readonly targetEndpointArn: pulumi.Output<string>;
	readonly streamName: pulumi.Output<string>;
	readonly deliveryStreamName: pulumi.Output<string>;

	constructor(name: string, args: ReplicationStreamArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:replication:ReplicationStream", name, {}, opts);
		const stream = new aws.kinesis.Stream(
			`${name}-stream`,
			{
				name,
				streamModeDetails: { streamMode: "ON_DEMAND" },
				retentionPeriod: 24,
				encryptionType: "KMS",
				kmsKeyId: args.kmsKeyArn,
			},
			{ parent: this },
		);
		const delivery = this.#delivery(name, args, stream);
		const endpoint = this.#endpoint(name, args, stream, delivery);
		this.targetEndpointArn = endpoint.endpointArn;
		this.streamName = stream.name;
		this.deliveryStreamName = delivery.name;
		this.registerOutputs({ targetEndpointArn: this.targetEndpointArn });
	}

	/** https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html */
	#delivery(name: string, args: ReplicationStreamArgs, stream: aws.kinesis.Stream): aws.kinesis.FirehoseDeliveryStream {
		const group = encryptedLogGroup(this, `${name}-log`, {
			name: `/aws/kinesisfirehose/${name}`,
			kmsKeyArn: args.kmsKeyArn,
			retentionDays: args.logRetentionDays,
		});
		const logStream = new aws.cloudwatch.LogStream(
			`${name}-log-stream`,
			{ name: "delivery", logGroupName: group.name },
			{ parent: this },
		);
		const role = serviceRole(this, `${name}-delivery-role`, {
			service: "firehose",
			description: "Firehose reads changes and writes them to the raw zone",
			statements: pulumi
				.all([args.rawBucketArn, stream.arn, args.kmsKeyArn, group.arn])
				.apply(([bucketArn, streamArn, keyArn, groupArn]) => [
					allow(
						"ReadChanges",
						["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
						[streamArn],
					),
					allow("ListRaw", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucketArn]),
					allow(
						"WriteSchemas",
						["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
						objectArns({
							bucketArn,
							prefixes: [...args.datasets.map(({ schema }) => schema), lake.clickstreamErrors],
						}),
					),
					allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [keyArn]),
					allow("WriteLog", ["logs:PutLogEvents"], [`${groupArn}:*`]),
				]),
		});
		return new aws.kinesis.FirehoseDeliveryStream(
			`${name}-delivery`,
			{
				name,
				destination: "extended_s3",
				kinesisSourceConfiguration: { kinesisStreamArn: stream.arn, roleArn: role.arn },
				extendedS3Configuration: {
					bucketArn: args.rawBucketArn,
					roleArn: role.arn,
					prefix: "!{partitionKeyFromQuery:schema}/!{partitionKeyFromQuery:table}/!{timestamp:yyyy/MM/dd/HH}/",
					errorOutputPrefix: `${lake.clickstreamErrors}/replication/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/`,
					// The least that partitioning allows.
					bufferingSize: 64,
					bufferingInterval: 60,
					compressionFormat: "GZIP",
					fileExtension: ".json.gz",
					customTimeZone: "UTC",
					kmsKeyArn: args.kmsKeyArn,
					cloudwatchLoggingOptions: { enabled: true, logGroupName: group.name, logStreamName: logStream.name },
					dynamicPartitioningConfiguration: { enabled: true },
					processingConfiguration: { enabled: true, processors },
				},
			},
			{ parent: this, dependsOn: [role.policy] },
		);
	}

	/** https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html */
	#endpoint(
		name: string,
		args: ReplicationStreamArgs,
		stream: aws.kinesis.Stream,
		delivery: aws.kinesis.FirehoseDeliveryStream,
	): aws.dms.Endpoint {
		const role = serviceRole(this, `${name}-target-role`, {
			service: "dms",
			description: "DMS writes changes to the stream",
			statements: pulumi
				.all([stream.arn, args.kmsKeyArn])
				.apply(([streamArn, keyArn]) => [
					allow("WriteChanges", ["kinesis:DescribeStream", "kinesis:PutRecord", "kinesis:PutRecords"], [streamArn]),
					allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [keyArn]),
				]),
		});
		return new aws.dms.Endpoint(
			`${name}-target`,
			{
				endpointId: `${name}-target`,
				endpointType: "target",
				engineName: "kinesis",
				kmsKeyArn: args.kmsKeyArn,
				kinesisSettings: {
					streamArn: stream.arn,
					serviceAccessRoleArn: role.arn,
					messageFormat: "json-unformatted",
					// The jobs learn columns and their types from control messages, and that a load begins.
					includeControlDetails: true,
					includeTableAlterOperations: true,
					// Otherwise a message would lack the columns that are null.
					includeNullAndEmpty: true,
					// The commit time is part of it.
					includeTransactionDetails: true,
					// Integers beyond 53 bits would otherwise be rounded.
					useLargeIntegerValue: true,
					includePartitionValue: false,
					partitionIncludeSchemaTable: true,
				},
			},
			// Firehose reads from the moment it is active: nothing may be written before.
			{ parent: this, dependsOn: [role.policy, delivery] },
		);
	}
}

const processors = [
	{
		type: "MetadataExtraction",
		parameters: [
			{
				parameterName: "MetadataExtractionQuery",
				parameterValue: '{schema:.metadata["schema-name"],table:.metadata["table-name"]}',
			},
			{ parameterName: "JsonParsingEngine", parameterValue: "JQ-1.6" },
		],
	},
	{
		type: "AppendDelimiterToRecord",
		parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }],
	},
];
