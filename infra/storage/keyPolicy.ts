import { type AwsEnvironment, arn } from "../shared/awsEnvironment.ts";
import { policyDocument } from "../shared/policyDocument.ts";

/**
 * Policy of the lake's key. The account's own identities get their rights from IAM policies; besides, the services that
 * act without a role of ours: CloudWatch Logs, the delivery of the state machine's log, and those that publish to the
 * encrypted topic.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function keyPolicy(environment: AwsEnvironment): string {
	const publishing = ["kms:Decrypt", "kms:GenerateDataKey*"];
	return policyDocument([
		{
			Sid: "DelegateToIam",
			Effect: "Allow",
			Principal: { AWS: `arn:${environment.partition}:iam::${environment.accountId}:root` },
			Action: "kms:*",
			Resource: "*",
		},
		{
			Sid: "LogGroups",
			Effect: "Allow",
			Principal: { Service: `logs.${environment.region}.${environment.dnsSuffix}` },
			Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
			Resource: "*",
			Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn(environment, "logs", "log-group:*") } },
		},
		{
			// What a state machine with a key of ours writes is encrypted on its way to the log, too.
			Sid: "LogDelivery",
			Effect: "Allow",
			Principal: { Service: "delivery.logs.amazonaws.com" },
			Action: "kms:Decrypt*",
			Resource: "*",
			Condition: { StringLike: { "kms:EncryptionContext:SourceArn": arn(environment, "logs", "*") } },
		},
		{
			Sid: "Notifications",
			Effect: "Allow",
			Principal: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
			Action: publishing,
			Resource: "*",
			Condition: { StringEquals: { "aws:SourceAccount": environment.accountId } },
		},
		{
			// DMS and EventBridge document what they publish without a source key; conditions would silence them.
			Sid: "Events",
			Effect: "Allow",
			Principal: { Service: ["dms.amazonaws.com", "events.amazonaws.com"] },
			Action: publishing,
			Resource: "*",
		},
	]);
}
