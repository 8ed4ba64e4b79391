import { describe, expect, it } from "vitest";
import type { ScheduleExpression } from "../../etl/contract/pipeline/eventBridge.ts";
import { jobs } from "../../tests/support/sampleShop.ts";
import { runProgram } from "../testing/program.ts";
import { Schedule } from "./schedule.ts";

const made = (timing?: ScheduleExpression) =>
	runProgram(() => {
		new Schedule("runs", {
			jobs,
			jobNames: Object.fromEntries(jobs.map(({ name }) => [name, `stack-${name}`])),
			topicArn: "arn:topic",
			processedBucket: "lake-processed",
			processedBucketArn: "arn:lake-processed",
			replicationTaskArn: "arn:task",
			kmsKeyArn: "arn:key",
			retries: 1,
			timeoutMinutes: 60,
			logRetentionDays: 30,
			...(timing === undefined ? {} : { timing }),
		});
	});

describe("Schedule", () => {
	it("starts runs by its expression, in its time zone, with the key, and nothing by itself without one", async () => {
		const program = await made({ expression: "cron(0 3 * * ? *)", timezone: "Europe/Berlin" });
		expect(program.named("runs-timer").inputs).toEqual({
			name: "runs",
			description: "Runs the jobs",
			scheduleExpression: "cron(0 3 * * ? *)",
			scheduleExpressionTimezone: "Europe/Berlin",
			flexibleTimeWindow: { mode: "OFF" },
			kmsKeyArn: "arn:key",
			target: {
				arn: expect.stringMatching(/:stateMachine:runs$/),
				roleArn: expect.stringMatching(/:role\/runs-timer-role$/),
				input: "{}",
				retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
			},
		});
		const byHand = await made();
		expect(byHand.resources.filter(({ name }) => name.includes("timer"))).toEqual([]);
		expect(byHand.named("runs-runs").inputs.name).toBe("runs");
	});

	it("encrypts the machine and logs what failed", async () => {
		const program = await made();
		expect(program.named("runs-runs").inputs).toMatchObject({
			encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: "arn:key" },
			loggingConfiguration: { level: "ERROR", includeExecutionData: true },
		});
		expect(program.named("runs-log").inputs).toEqual({
			name: "/aws/vendedlogs/states/runs",
			kmsKeyId: "arn:key",
			retentionInDays: 30,
		});
		expect(program.named("runs-runs").dependencies).toContain("runs-role-policy");
	});

	it("may start these jobs and no other", async () => {
		const { Statement: statements } = JSON.parse(String((await made()).named("runs-role-policy").inputs.policy)) as {
			Statement: { Sid: string; Resource: string[] }[];
		};
		expect(statements.find(({ Sid }) => Sid === "RunJobs")?.Resource).toEqual(
			jobs.map(({ name }) => `arn:aws-test:glue:eu-central-1:111122223333:job/stack-${name}`),
		);
	});
});
