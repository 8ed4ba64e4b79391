import { describe, expect, it } from "vitest";
import { runProgram } from "../testing/program.ts";
import { Monitoring } from "./monitoring.ts";
import { Notifications } from "./notifications.ts";

const watched = {
	topicArn: "arn:topic",
	jobNamePrefix: "stack-jobs-",
	crawlerName: "crawler",
	replicationInstanceId: "instance",
	replicationTaskArn: "arn:aws:dms:r:a:task:TASK1",
	clickstream: { streamName: "kds", deliveryStreamName: "kdf" },
	stateMachineArn: "arn:machine",
	latencySeconds: 300,
	batchSeconds: 60,
	freeStorageGb: 5,
	monthlyBudgetUsd: 100,
};
const made = (changes: Partial<ConstructorParameters<typeof Monitoring>[1]> = {}) =>
	runProgram(() => {
		new Monitoring("watch", { ...watched, ...changes });
	});

describe("Monitoring", () => {
	it("has an alarm for every fault that nobody would see otherwise", async () => {
		const program = await made({ rdsIdentifier: "db" });
		const alarms = program.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
		expect(alarms.map(({ namespace, metricName }) => `${namespace} ${metricName}`).sort()).toEqual([
			"AWS/DMS CDCLatencySource",
			"AWS/DMS CDCLatencyTarget",
			"AWS/DMS FreeStorageSpace",
			"AWS/Firehose DeliveryToS3.DataFreshness",
			"AWS/Kinesis GetRecords.IteratorAgeMilliseconds",
			"AWS/RDS FreeStorageSpace",
			"AWS/States ExecutionsAborted",
			"AWS/States ExecutionsFailed",
			"AWS/States ExecutionsTimedOut",
		]);
		for (const alarm of alarms) {
			expect(alarm).toMatchObject({
				alarmActions: ["arn:topic"],
				okActions: ["arn:topic"],
				treatMissingData: "notBreaching",
			});
			expect(alarm).not.toHaveProperty("insufficientDataActions");
		}
	});

	it("knows the task by the last part of its ARN, as DMS's metrics do", async () => {
		expect((await made()).named("watch-replication-source-latency").inputs).toMatchObject({
			dimensions: { ReplicationInstanceIdentifier: "instance", ReplicationTaskIdentifier: "TASK1" },
			threshold: 300,
			period: 300,
			evaluationPeriods: 3,
		});
	});

	it("watches no database that is not one of RDS, and a second stream where there is one", async () => {
		expect((await made()).resources.filter(({ name }) => name.includes("source-free-storage"))).toEqual([]);
		const changes = { streamName: "changes", deliveryStreamName: "changes" };
		const both = (await made({ changes })).ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
		expect(both.filter(({ inputs }) => JSON.stringify(inputs.dimensions).includes('"changes"'))).toHaveLength(2);
	});

	it("reports failed jobs and crawls of this stack by events", async () => {
		const program = await made();
		expect(JSON.parse(String(program.named("watch-failed-job").inputs.eventPattern))).toEqual({
			source: ["aws.glue"],
			"detail-type": ["Glue Job State Change"],
			detail: { jobName: [{ prefix: "stack-jobs-" }], state: ["ERROR", "FAILED", "TIMEOUT"] },
		});
		expect(JSON.parse(String(program.named("watch-failed-crawl").inputs.eventPattern)).detail).toEqual({
			crawlerName: ["crawler"],
			state: ["Failed"],
		});
		expect(program.named("watch-failed-job-target").inputs).toEqual({ rule: "watch-failed-job", arn: "arn:topic" });
	});

	it("reports the budget at 80 %, and when the forecast goes above it", async () => {
		const { notifications, limitAmount } = (await made()).named("watch-budget").inputs as {
			notifications: { notificationType: string; threshold: number; subscriberSnsTopicArns: string[] }[];
			limitAmount: string;
		};
		expect(limitAmount).toBe("100");
		expect(notifications.map(({ notificationType, threshold }) => [notificationType, threshold])).toEqual([
			["ACTUAL", 80],
			["FORECASTED", 100],
		]);
		expect(notifications.flatMap(({ subscriberSnsTopicArns }) => subscriberSnsTopicArns)).toEqual([
			"arn:topic",
			"arn:topic",
		]);
	});
});

describe("Notifications", () => {
	it("mail whom they are asked to, and nobody else", async () => {
		const subscribed = async (email?: string) =>
			(
				await runProgram(() => {
					new Notifications("topic", { kmsKeyArn: "arn:key", ...(email === undefined ? {} : { email }) });
				})
			)
				.ofType("aws:sns/topicSubscription:TopicSubscription")
				.map(({ inputs }) => [inputs.protocol, inputs.endpoint]);
		expect(await subscribed("a@example.com")).toEqual([["email", "a@example.com"]]);
		expect(await subscribed()).toEqual([]);
	});

	it("has no budget where the stack is to have none: it would count the whole account", async () => {
		const budgets = async (monthlyBudgetUsd: number) =>
			(await made({ monthlyBudgetUsd })).ofType("aws:budgets/budget:Budget").map(({ inputs }) => inputs.limitAmount);
		expect(await budgets(0)).toEqual([]);
		expect(await budgets(50)).toEqual(["50"]);
	});
});
