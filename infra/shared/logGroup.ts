import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface LogGroupArgs {
	/** Name that the service writes to; its first write would otherwise make a group that is kept for ever, unencrypted. */
	name: pulumi.Input<string>;
	/** Key of the log; its policy lets CloudWatch Logs use it. */
	kmsKeyArn: pulumi.Input<string>;
	/** Days for which the log is kept. */
	retentionDays: pulumi.Input<number>;
}

/** A log group with the lake's key and a retention. */
export function encryptedLogGroup(
	parent: pulumi.ComponentResource,
	name: string,
	args: LogGroupArgs,
): aws.cloudwatch.LogGroup {
	return new aws.cloudwatch.LogGroup(
		name,
		{ name: args.name, kmsKeyId: args.kmsKeyArn, retentionInDays: args.retentionDays },
		{ parent },
	);
}
