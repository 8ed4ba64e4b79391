import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deliveredStream } from "../delivery/deliveredStream.ts";
import { allow } from "../shared/policyDocument.ts";
import { serviceRole } from "../shared/serviceRole.ts";

export interface ReplicationStreamArgs {
	/** Their schemas are the prefixes that the delivery writes. */
	schemas: readonly string[];
	/** ARN of the raw zone, which Firehose writes. */
	rawBucketArn: pulumi.Input<string>;
	/** Key of the stream, the objects and the log. */
	kmsKeyArn: pulumi.Input<string>;
	/** Days for which Firehose's log is kept. */
	logRetentionDays: pulumi.Input<number>;
}

/**
 * The way of changes to whom minutes are too long: DMS writes messages to an on-demand Kinesis stream, where others may
 * read them immediately, and Firehose brings them to `<schema>/<table>/YYYY/MM/DD/HH/` of the raw zone, from which the jobs
 * build the same tables as from the files of the S3 target.
 *
 * Defaults: none; the stream keeps a change for 24 hours.
 *
 * Danger: to replace stream or delivery loses what was not delivered; reload the tables afterwards
 * (`pipeline-cli replication start --reload`).
 *
 * Cost: on demand $29 a month for the stream, $0.08 a GB in, $0.029 a GB through Firehose, $0.02 a GB for partitioning.
 */
export class ReplicationStream extends pulumi.ComponentResource {
	/** DMS's target, instead of the S3 endpoint; known once the delivery reads the stream. */
	readonly targetEndpointArn: pulumi.Output<string>;
	readonly streamName: pulumi.Output<string>;
	readonly deliveryStreamName: pulumi.Output<string>;

	constructor(name: string, args: ReplicationStreamArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:replication:ReplicationStream", name, {}, opts);
		const { stream, delivery } = deliveredStream(this, name, {
			streamName: name,
			deliveryStreamName: name,
			retentionHours: 24,
			records: "changes",
			prefix: "!{partitionKeyFromQuery:schema}/!{partitionKeyFromQuery:table}/!{timestamp:yyyy/MM/dd/HH}/",
			errorPrefix: "replication/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
			folders: [...args.schemas, ownFolder],
			// The least that partitioning allows.
			bufferMiB: 64,
			partitioning: byTable,
			rawBucketArn: args.rawBucketArn,
			kmsKeyArn: args.kmsKeyArn,
			logRetentionDays: args.logRetentionDays,
		});
		const endpoint = this.#endpoint(name, args, stream, delivery);
		this.targetEndpointArn = endpoint.endpointArn;
		this.streamName = stream.name;
		this.deliveryStreamName = delivery.name;
		this.registerOutputs({ targetEndpointArn: this.targetEndpointArn });
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
				// DMS changes no endpoint of a running task.
				pauseReplicationTasks: true,
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
			{ parent: this, dependsOn: [role.policy, delivery], deleteBeforeReplace: true },
		);
	}
}

/** Folder of messages about tables of DMS's own, which have no schema: Firehose takes no empty part of a prefix. */
const ownFolder = "_dms";

/** https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html */
const byTable = {
	type: "MetadataExtraction",
	parameters: [
		{
			parameterName: "MetadataExtractionQuery",
			parameterValue: `{schema:(.metadata["schema-name"]|if .==null or .=="" then "${ownFolder}" else . end),table:.metadata["table-name"]}`,
		},
		{ parameterName: "JsonParsingEngine", parameterValue: "JQ-1.6" },
	],
};
