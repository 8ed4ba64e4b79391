import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { allow } from "../shared/policyDocument.ts";
import { serviceRole } from "../shared/serviceRole.ts";

export interface FlowLogsArgs {
	/** VPC whose refused connections are logged. */
	vpcId: pulumi.Input<string>;
	/** Key of the log. */
	kmsKeyArn: pulumi.Input<string>;
	/** Days for which the log is kept. */
	logRetentionDays: pulumi.Input<number>;
}

/**
 * A log of the connections that the VPC's security groups refused: what an audit asks for, and where to look when one part
 * cannot reach another. Accepted ones are not logged; they would cost more than they are worth.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
 *
 * Defaults: none; every argument is given.
 *
 * Danger: none.
 *
 * Cost: $0.50 a GB of log; where nobody knocks, nothing.
 */
export class FlowLogs extends pulumi.ComponentResource {
	constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:network:FlowLogs", name, {}, opts);
		const group = encryptedLogGroup(this, `${name}-log`, {
			name: `/aws/vpc/flow-logs/${name}`,
			kmsKeyArn: args.kmsKeyArn,
			retentionDays: args.logRetentionDays,
		});
		// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
		const role = serviceRole(this, `${name}-role`, {
			service: "vpc-flow-logs",
			description: "VPC writes its flow log",
			statements: group.arn.apply((groupArn) => [
				allow(
					"WriteLog",
					["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
					[groupArn, `${groupArn}:*`],
				),
				// The action has no resource types.
				allow("DescribeLogGroups", ["logs:DescribeLogGroups"], ["*"]),
			]),
		});
		new aws.ec2.FlowLog(
			`${name}-refused`,
			{
				vpcId: args.vpcId,
				trafficType: "REJECT",
				logDestinationType: "cloud-watch-logs",
				logDestination: group.arn,
				iamRoleArn: role.arn,
				maxAggregationInterval: 600,
				tags: { Name: name },
			},
			{ parent: this, dependsOn: [role.policy] },
		);
		this.registerOutputs();
	}
}
