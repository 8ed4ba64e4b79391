import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lake } from "../../etl/contract/contract.ts";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { allow } from "../shared/policyDocument.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { objectArns } from "../storage/lakeAccess.ts";

export interface DeliveredStreamArgs {
	/** Names within account and region. */
	streamName: string;
	/** The same of the delivery. */
	deliveryStreamName: string;
	/** Hours for which the stream keeps a record. */
	retentionHours: pulumi.Input<number>;
	/** What the records are, for the role's description. */
	records: string;
	/** Where in the raw zone objects go, with Firehose's expressions. */
	prefix: string;
	/** The same of what cannot be delivered, below the folder of errors. */
	errorPrefix: string;
	/** Folders of the raw zone that `prefix` leads to. */
	folders: readonly string[];
	/** MiB of a buffer; it is written after 60 seconds at the latest. */
	bufferMiB: number;
	/** What finds the parts of `prefix` in a record, where it has such. */
	partitioning?: aws.types.input.kinesis.FirehoseDeliveryStreamExtendedS3ConfigurationProcessingConfigurationProcessor;
	/** ARN of the raw zone, which Firehose writes. */
	rawBucketArn: pulumi.Input<string>;
	/** Key of the stream, the objects and the log. */
	kmsKeyArn: pulumi.Input<string>;
	/** Days for which Firehose's log is kept. */
	logRetentionDays: pulumi.Input<number>;
}

export interface DeliveredStream {
	stream: aws.kinesis.Stream;
	/** Reads from the moment it is active, and not what came before. */
	delivery: aws.kinesis.FirehoseDeliveryStream;
}

/** An on-demand stream, and Firehose, which writes its records as gzipped lines into the raw zone. */
export function deliveredStream(
	parent: pulumi.ComponentResource,
	name: string,
	args: DeliveredStreamArgs,
): DeliveredStream {
	const options = { parent };
	const stream = new aws.kinesis.Stream(
		`${name}-stream`,
		{
			name: args.streamName,
			streamModeDetails: { streamMode: "ON_DEMAND" },
			retentionPeriod: args.retentionHours,
			encryptionType: "KMS",
			kmsKeyId: args.kmsKeyArn,
		},
		options,
	);
	const group = encryptedLogGroup(parent, `${name}-log`, {
		name: `/aws/kinesisfirehose/${args.deliveryStreamName}`,
		kmsKeyArn: args.kmsKeyArn,
		retentionDays: args.logRetentionDays,
	});
	const logStream = new aws.cloudwatch.LogStream(
		`${name}-log-stream`,
		{ name: "delivery", logGroupName: group.name },
		options,
	);
	const role = deliveryRole(parent, name, args, stream, group);
	const { partitioning } = args;
	const delivery = new aws.kinesis.FirehoseDeliveryStream(
		`${name}-delivery`,
		{
			name: args.deliveryStreamName,
			destination: "extended_s3",
			kinesisSourceConfiguration: { kinesisStreamArn: stream.arn, roleArn: role.arn },
			extendedS3Configuration: {
				bucketArn: args.rawBucketArn,
				roleArn: role.arn,
				prefix: args.prefix,
				errorOutputPrefix: `${lake.clickstreamErrors}/${args.errorPrefix}`,
				bufferingSize: args.bufferMiB,
				bufferingInterval: 60,
				compressionFormat: "GZIP",
				fileExtension: ".json.gz",
				customTimeZone: "UTC",
				kmsKeyArn: args.kmsKeyArn,
				cloudwatchLoggingOptions: { enabled: true, logGroupName: group.name, logStreamName: logStream.name },
				...(partitioning === undefined ? {} : { dynamicPartitioningConfiguration: { enabled: true } }),
				processingConfiguration: {
					enabled: true,
					processors: [...(partitioning === undefined ? [] : [partitioning]), newlines],
				},
			},
		},
		// Another stream is read by another delivery only, and its name is fixed.
		{ ...options, dependsOn: [role.policy], deleteBeforeReplace: true },
	);
	return { stream, delivery };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
function deliveryRole(
	parent: pulumi.ComponentResource,
	name: string,
	args: DeliveredStreamArgs,
	stream: aws.kinesis.Stream,
	group: aws.cloudwatch.LogGroup,
): ServiceRole {
	return serviceRole(parent, `${name}-role`, {
		service: "firehose",
		description: `Firehose reads ${args.records} and writes them to the raw zone`,
		statements: pulumi
			.all([args.rawBucketArn, stream.arn, args.kmsKeyArn, group.arn])
			.apply(([bucketArn, streamArn, keyArn, groupArn]) => [
				allow(
					"ReadStream",
					["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
					[streamArn],
				),
				allow("ListRaw", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucketArn]),
				allow(
					"WriteRaw",
					["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
					objectArns({ bucketArn, prefixes: [...args.folders, lake.clickstreamErrors] }),
				),
				allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [keyArn]),
				allow("WriteLog", ["logs:PutLogEvents"], [`${groupArn}:log-stream:*`]),
			]),
	});
}

/** A record comes without a newline; without one between them, a file would be one long line. */
const newlines = {
	type: "AppendDelimiterToRecord",
	parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }],
};
