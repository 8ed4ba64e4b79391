import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AwsEnvironment, arn, currentEnvironment } from "../shared/awsEnvironment.ts";
import { policyDocument } from "../shared/policyDocument.ts";

export interface NotificationsArgs {
	/** Key of the topic; its policy lets the publishing services use it. */
	kmsKeyArn: pulumi.Input<string>;
	/** Address that gets every notification, once its owner has confirmed the subscription. */
	email?: string | undefined;
}

/**
 * The topic to which everything that fails is reported: alarms, replication events, failed jobs and runs, budget.
 *
 * Defaults: without `email` nobody is subscribed.
 *
 * Danger: nobody is notified until the owner of the address has confirmed the mail that AWS sends.
 *
 * Cost: none for the first thousand mails a month.
 */
export class Notifications extends pulumi.ComponentResource {
	/** Known once the services may publish. */
	readonly topicArn: pulumi.Output<string>;

	constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:monitoring:Notifications", name, {}, opts);
		const topic = new aws.sns.Topic(`${name}-topic`, { name, kmsMasterKeyId: args.kmsKeyArn }, { parent: this });
		const policy = new aws.sns.TopicPolicy(
			`${name}-policy`,
			{
				arn: topic.arn,
				policy: pulumi
					.all([currentEnvironment(this), topic.arn])
					.apply(([environment, topicArn]) => publishers(environment, topicArn)),
			},
			{ parent: this },
		);
		if (args.email !== undefined) {
			new aws.sns.TopicSubscription(
				`${name}-email`,
				{ topic: topic.arn, protocol: "email", endpoint: args.email },
				{ parent: this },
			);
		}
		this.topicArn = policy.arn;
		this.registerOutputs({ topicArn: this.topicArn });
	}
}

/** Services that publish without a role of ours, for this account only where the service says for whom it acts. */
function publishers(environment: AwsEnvironment, topicArn: string): string {
	const publish = (Sid: string, service: string, sourceArn?: string) => ({
		Sid,
		Effect: "Allow" as const,
		Principal: { Service: `${service}.amazonaws.com` },
		Action: "sns:Publish",
		Resource: topicArn,
		Condition: {
			StringEquals: { "aws:SourceAccount": environment.accountId },
			...(sourceArn === undefined ? {} : { ArnLike: { "aws:SourceArn": sourceArn } }),
		},
	});
	return policyDocument([
		publish("Alarms", "cloudwatch", arn(environment, "cloudwatch", "alarm:*")),
		publish("Budget", "budgets"),
		{
			// DMS and EventBridge document what they publish without a source key; conditions would silence them.
			// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
			Sid: "Events",
			Effect: "Allow",
			Principal: { Service: ["dms.amazonaws.com", "events.amazonaws.com"] },
			Action: "sns:Publish",
			Resource: topicArn,
		},
		{
			Sid: "DenyWithoutTls",
			Effect: "Deny",
			Principal: "*",
			Action: "sns:Publish",
			Resource: topicArn,
			Condition: { Bool: { "aws:SecureTransport": "false" } },
		},
	]);
}
