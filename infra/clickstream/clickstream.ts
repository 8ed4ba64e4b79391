import * as pulumi from "@pulumi/pulumi";
import { lake } from "../../etl/contract/contract.ts";
import { deliveredStream } from "../delivery/deliveredStream.ts";

export interface ClickstreamArgs {
	/** Names within account and region; the console walkthrough's are kds-clickstream-data and kdf-clickstream-data. */
	streamName: string;
	/** The same of the delivery. */
	deliveryStreamName: string;
	/** Hours, 24 to 8760, for which the stream keeps a click. */
	retentionHours: pulumi.Input<number>;
	/** ARN of the raw zone, which Firehose writes. */
	rawBucketArn: pulumi.Input<string>;
	/** Key of the stream, the objects and the log. */
	kmsKeyArn: pulumi.Input<string>;
	/** Days for which Firehose's log is kept. */
	logRetentionDays: pulumi.Input<number>;
}

/**
 * Clicks: an on-demand Kinesis stream, and Firehose, which writes them as gzipped JSON lines to
 * `clickstream-data/YYYY/MM/DD/HH/` of the raw zone, every 1 MiB or 60 seconds.
 *
 * Firehose reads from the moment it is active, and not what came before. `streamName` is therefore known only once it
 * is, and whoever waits for it loses no early click.
 *
 * Defaults: none; the console walkthrough's names are those of `Pulumi.yaml`.
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
		const { stream, delivery } = deliveredStream(this, name, {
			streamName: args.streamName,
			deliveryStreamName: args.deliveryStreamName,
			retentionHours: args.retentionHours,
			records: "clicks",
			prefix: `${lake.clickstream}/!{timestamp:yyyy/MM/dd/HH}/`,
			errorPrefix: "!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
			folders: [lake.clickstream],
			bufferMiB: 1,
			rawBucketArn: args.rawBucketArn,
			kmsKeyArn: args.kmsKeyArn,
			logRetentionDays: args.logRetentionDays,
		});
		this.streamArn = stream.arn;
		this.deliveryStreamName = delivery.name;
		this.streamName = pulumi.all([stream.name, delivery.arn]).apply(([streamName]) => streamName);
		this.registerOutputs({ streamName: this.streamName, deliveryStreamName: this.deliveryStreamName });
	}
}
