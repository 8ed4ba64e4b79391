import { expect, it } from "vitest";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { FlowLogs } from "./flowLogs.ts";

const { partition, region, accountId } = testEnvironment;
const group = `arn:${partition}:logs:${region}:${accountId}:log-group:/aws/vpc/flow-logs/flow`;

const made = () =>
	runProgram(() => void new FlowLogs("flow", { vpcId: "vpc-1", kmsKeyArn: "arn:key", logRetentionDays: 7 }));

it("what the VPC refuses goes to an encrypted log that ends, by a role that may write there only", async () => {
	const program = await made();
	expect(program.named("flow-refused").inputs).toEqual({
		vpcId: "vpc-1",
		trafficType: "REJECT",
		logDestinationType: "cloud-watch-logs",
		logDestination: group,
		iamRoleArn: `arn:${partition}:iam::${accountId}:role/flow-role`,
		maxAggregationInterval: 600,
		tags: { Name: "flow" },
	});
	expect(program.named("flow-log").inputs).toEqual({
		name: "/aws/vpc/flow-logs/flow",
		kmsKeyId: "arn:key",
		retentionInDays: 7,
	});
	expect(JSON.parse(String(program.named("flow-role-policy").inputs.policy)).Statement).toEqual([
		{
			Sid: "WriteLog",
			Effect: "Allow",
			Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
			Resource: [group, `${group}:*`],
		},
		{ Sid: "DescribeLogGroups", Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: ["*"] },
	]);
});

it("nothing is logged before the role may write", async () => {
	expect((await made()).named("flow-refused").dependencies).toContain("flow-role-policy");
});
