import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lake } from "../../etl/datasets.ts";
import { objectArns } from "../lakeAccess.ts";
import { encryptedLogGroup } from "../logGroup.ts";
import { allow } from "../policyDocument.ts";
import { type ServiceRole, serviceRole } from "../serviceRole.ts";

export interface ClickstreamArgs {
	/** Names within account and region; the console guide's are kds-clickstream-data and kdf-clickstream-data. */
	streamName: string;
	deliveryStreamName: string;
	/** Hours, 24 to 8760, for which the stream keeps a click. */
	retentionHours: pulumi.Input<number>;
	rawBucketArn: pulumi.Input<string>;
	kmsKeyArn: pulumi.Input<string>;
	logRetentionDays: pulumi.Input<number>;
}

/**
 * Clicks: an on-demand Kinesis stream, and Firehose, which writes them as gzipped JSON lines to
 * `clickstream-data/YYYY/MM/DD/HH/` of the raw zone, every 1 MiB or 60 seconds.
 *
 * Firehose reads from the moment it is active, and not what came before. `streamName` is therefore known only once it
 * is, and whoever waits for it loses no early click.
 *
 * Danger: to change a name replaces stream or delivery; clicks not yet delivered are lost.
 *
 * Cost: on demand $29 a month for the stream, $0.08 a GB in, $0.029 a GB through Firehose.
 */
export class Clickstream extends pulumi.ComponentResource {
	/** Where producers send clicks. */
	readonly streamName: pulumi.Output<string>;
	readonly streamArn: pulumi.Output<string>;
	readonly deliveryStreamName: pulumi.Output<string>;

	constructor(name: string, args: ClickstreamArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:clickstream:Clickstream", name, {}, opts);
		const stream = new aws.kinesis.Stream(
			`${name}-stream`,
			{
				name: args.streamName,
				streamModeDetails: { streamMode: "ON_DEMAND" },
				retentionPeriod: args.retentionHours,
				encryptionType: "KMS",
				kmsKeyId: args.kmsKeyArn,
			},
			{ parent: this },
		);
		const { group, stream: logStream } = this.#log(name, args);
		const role = this.#role(name, args, stream, group);
		const delivery = new aws.kinesis.FirehoseDeliveryStream(
			`${name}-delivery`,
			{
				name: args.deliveryStreamName,
				destination: "extended_s3",
				kinesisSourceConfiguration: { kinesisStreamArn: stream.arn, roleArn: role.arn },
				extendedS3Configuration: {
					bucketArn: args.rawBucketArn,
					roleArn: role.arn,
					prefix: `${lake.clickstream}/!{timestamp:yyyy/MM/dd/HH}/`,
					errorOutputPrefix: `${lake.clickstreamErrors}/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/`,
					bufferingSize: 1,
					bufferingInterval: 60,
					compressionFormat: "GZIP",
					fileExtension: ".json.gz",
					customTimeZone: "UTC",
					kmsKeyArn: args.kmsKeyArn,
					cloudwatchLoggingOptions: { enabled: true, logGroupName: group.name, logStreamName: logStream.name },
					// A record comes without a newline; without one between them, a file would be one long line.
					processingConfiguration: { enabled: true, processors: [newlines] },
				},
			},
			{ parent: this, dependsOn: [role.policy] },
		);
		this.streamArn = stream.arn;
		this.deliveryStreamName = delivery.name;
		this.streamName = pulumi.all([stream.name, delivery.arn]).apply(([streamName]) => streamName);
		this.registerOutputs({ streamName: this.streamName, deliveryStreamName: this.deliveryStreamName });
	}

	#log(name: string, args: ClickstreamArgs): { group: aws.cloudwatch.LogGroup; stream: aws.cloudwatch.LogStream } {
		const group = encryptedLogGroup(this, `${name}-log`, {
			name: `/aws/kinesisfirehose/${args.deliveryStreamName}`,
			kmsKeyArn: args.kmsKeyArn,
			retentionDays: args.logRetentionDays,
		});
		const stream = new aws.cloudwatch.LogStream(
			`${name}-log-stream`,
			{ name: "delivery", logGroupName: group.name },
			{ parent: this },
		);
		return { group, stream };
	}

	/** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
	#role(name: string, args: ClickstreamArgs, stream: aws.kinesis.Stream, group: aws.cloudwatch.LogGroup): ServiceRole {
		return serviceRole(this, `${name}-role`, {
			service: "firehose",
			description: "Firehose reads clicks and writes them to the raw zone",
			statements: pulumi
				.all([args.rawBucketArn, stream.arn, args.kmsKeyArn, group.arn])
				.apply(([bucketArn, streamArn, keyArn, groupArn]) => [
					allow(
						"ReadClicks",
						["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
						[streamArn],
					),
					allow("ListRaw", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucketArn]),
					allow(
						"WriteClicks",
						["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
						objectArns({ bucketArn, prefixes: [lake.clickstream, lake.clickstreamErrors] }),
					),
					allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [keyArn]),
					allow("WriteLog", ["logs:PutLogEvents"], [`${groupArn}:log-stream:*`]),
				]),
		});
	}
}

const newlines = {
	type: "AppendDelimiterToRecord",
	parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }],
};
