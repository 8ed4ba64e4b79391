import { describe, expect, it } from "vitest";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { Notifications } from "./notifications.ts";

const { partition, region, accountId } = testEnvironment;
const topicArn = `arn:${partition}:sns:${region}:${accountId}:notify`;

const made = (email?: string) =>
	runProgram(() => {
		const notifications = new Notifications("notify", { kmsKeyArn: "arn:key", email });
		return { topicArn: notifications.topicArn };
	});

describe("Notifications", () => {
	it("has an encrypted topic, and subscribes the address", async () => {
		const program = await made("a@company.test");
		expect(program.named("notify-topic").inputs).toEqual({ name: "notify", kmsMasterKeyId: "arn:key" });
		expect(program.named("notify-email").inputs).toEqual({
			topic: topicArn,
			protocol: "email",
			endpoint: "a@company.test",
		});
	});

	it("subscribes nobody without an address", async () => {
		expect((await made()).ofType("aws:sns/topicSubscription:TopicSubscription")).toEqual([]);
	});

	it("lets the services of this account publish, and nobody without TLS", async () => {
		const { policy, arn } = (await made()).named("notify-policy").inputs;
		expect(arn).toBe(topicArn);
		const publish = { Action: "sns:Publish", Resource: topicArn };
		const ofAccount = { "aws:SourceAccount": accountId };
		expect(JSON.parse(String(policy)).Statement).toEqual([
			{
				...publish,
				Sid: "Alarms",
				Effect: "Allow",
				Principal: { Service: "cloudwatch.amazonaws.com" },
				Condition: {
					StringEquals: ofAccount,
					ArnLike: { "aws:SourceArn": `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:*` },
				},
			},
			{
				...publish,
				Sid: "Budget",
				Effect: "Allow",
				Principal: { Service: "budgets.amazonaws.com" },
				Condition: { StringEquals: ofAccount },
			},
			{
				...publish,
				Sid: "Events",
				Effect: "Allow",
				Principal: { Service: ["dms.amazonaws.com", "events.amazonaws.com"] },
			},
			{
				...publish,
				Sid: "DenyWithoutTls",
				Effect: "Deny",
				Principal: "*",
				Condition: { Bool: { "aws:SecureTransport": "false" } },
			},
		]);
	});

	it("is known once the services may publish", async () => {
		const program = await runProgram(() => {
			const { topicArn: arn } = new Notifications("notify", { kmsKeyArn: "arn:key" });
			new Notifications("after", { kmsKeyArn: arn });
		});
		expect(program.named("after-topic").dependencies).toContain("notify-policy");
		expect((await made()).result.topicArn).toBe(topicArn);
	});
});
