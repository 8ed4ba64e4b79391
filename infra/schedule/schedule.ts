import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lake } from "../../etl/contract/contract.ts";
import type { ScheduleExpression } from "../../etl/contract/pipeline/eventBridge.ts";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { arn, currentEnvironment } from "../shared/awsEnvironment.ts";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { allow } from "../shared/policyDocument.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { listBuckets, objectArns } from "../storage/lakeAccess.ts";
import { stateMachine } from "./stateMachine.ts";

export interface ScheduleArgs {
	/** The jobs, in whatever order; each runs after those that it names. */
	jobs: readonly JobDefinition[];
	/** Name in Glue, by the job's name. */
	jobNames: Readonly<Record<string, pulumi.Input<string>>>;
	/** Bucket of the processed zone, where the jobs report. */
	processedBucket: pulumi.Input<string>;
	/** Its ARN, for the right to what is to be sent. */
	processedBucketArn: pulumi.Input<string>;
	/** Replication task, which is asked for tables whose load is under way. */
	replicationTaskArn: pulumi.Input<string>;
	/** Topic that is notified of failures and of bad data. */
	topicArn: pulumi.Input<string>;
	/** Key of the state machine, the schedule and the log. */
	kmsKeyArn: pulumi.Input<string>;
	/** When runs start by themselves; none for runs by hand only. */
	timing?: ScheduleExpression | undefined;
	/** How often a failed job is started again within a run. */
	retries: number;
	/** Of a job; a run of all may take the sum over waves. */
	timeoutMinutes: number;
	/** Days for which the log of failed runs is kept. */
	logRetentionDays: pulumi.Input<number>;
}

/**
 * A Step Functions state machine that runs the jobs of the definition in their order, by schedule
 * or by hand, also those that can do without one that failed; failures and bad data go to the topic.
 *
 * Defaults: without `timing` nothing starts by itself.
 *
 * Danger: a run that begins while another one is going does nothing. Beside a `run-etl` of the CLI, which the machine cannot
 * see, its jobs wait up to fifteen minutes for the lake, and then fail, with a notice.
 *
 * Cost: $0.025 for 1,000 steps; an hourly run about $0.40 a month.
 */
export class Schedule extends pulumi.ComponentResource {
	readonly stateMachineArn: pulumi.Output<string>;
	readonly timing: ScheduleExpression | undefined;

	constructor(name: string, args: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:schedule:Schedule", name, {}, opts);
		const role = this.#role(name, args);
		const log = encryptedLogGroup(this, `${name}-log`, {
			// Under this prefix the log's resource policy does not grow with every state machine.
			// https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
			name: `/aws/vendedlogs/states/${name}`,
			kmsKeyArn: args.kmsKeyArn,
			retentionDays: args.logRetentionDays,
		});
		const machine = new aws.sfn.StateMachine(
			`${name}-runs`,
			{
				name,
				roleArn: role.arn,
				definition: pulumi
					.output({
						environment: currentEnvironment(this),
						jobNames: args.jobNames,
						topicArn: args.topicArn,
						processedBucket: args.processedBucket,
						replicationTaskArn: args.replicationTaskArn,
					})
					.apply(({ environment, ...names }) =>
						JSON.stringify(
							stateMachine({
								...names,
								partition: environment.partition,
								jobs: args.jobs,
								retries: args.retries,
								timeoutMinutes: args.timeoutMinutes * args.jobs.length * (args.retries + 1),
							}),
						),
					),
				encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: args.kmsKeyArn },
				loggingConfiguration: {
					level: "ERROR",
					includeExecutionData: true,
					logDestination: pulumi.interpolate`${log.arn}:*`,
				},
			},
			{ parent: this, dependsOn: [role.policy] },
		);
		if (args.timing !== undefined) this.#timer(name, args.timing, machine, args.kmsKeyArn);
		this.timing = args.timing;
		this.stateMachineArn = machine.arn;
		this.registerOutputs({ stateMachineArn: this.stateMachineArn });
	}

	#timer(
		name: string,
		{ expression, timezone }: ScheduleExpression,
		machine: aws.sfn.StateMachine,
		kmsKeyArn: pulumi.Input<string>,
	): void {
		const role = serviceRole(this, `${name}-timer-role`, {
			service: "scheduler",
			description: "Scheduler starts runs",
			statements: pulumi
				.all([machine.arn, kmsKeyArn])
				.apply(([machineArn, keyArn]) => [
					allow("StartRuns", ["states:StartExecution"], [machineArn]),
					allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [keyArn]),
				]),
		});
		new aws.scheduler.Schedule(
			`${name}-timer`,
			{
				name,
				description: "Runs the jobs",
				scheduleExpression: expression,
				scheduleExpressionTimezone: timezone,
				flexibleTimeWindow: { mode: "OFF" },
				kmsKeyArn,
				target: {
					arn: machine.arn,
					roleArn: role.arn,
					input: "{}",
					retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
				},
			},
			{ parent: this, dependsOn: [role.policy] },
		);
	}

	/** Starts and watches these jobs only; no right to pass a role is needed for that. */
	#role(name: string, args: ScheduleArgs): ServiceRole {
		return serviceRole(this, `${name}-role`, {
			service: "states",
			description: "Runs of the jobs",
			statements: pulumi
				.output({
					environment: currentEnvironment(this),
					jobNames: args.jobNames,
					topicArn: args.topicArn,
					processedBucketArn: args.processedBucketArn,
					taskArn: args.replicationTaskArn,
					keyArn: args.kmsKeyArn,
				})
				.apply(({ environment, jobNames, topicArn, processedBucketArn, taskArn, keyArn }) => [
					allow("FindRunning", ["states:ListExecutions"], [arn(environment, "states", `stateMachine:${name}`)]),
					allow("FindLoads", ["dms:DescribeTableStatistics"], [taskArn]),
					listBuckets("FindNotices", [processedBucketArn]),
					allow(
						"SendNotices",
						["s3:DeleteObject", "s3:GetObject"],
						objectArns({ bucketArn: processedBucketArn, prefixes: [lake.unsentNotices] }),
					),
					allow(
						"RunJobs",
						["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun"],
						Object.values(jobNames).map((job) => arn(environment, "glue", `job/${job}`)),
					),
					allow("Notify", ["sns:Publish"], [topicArn]),
					allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [keyArn]),
					// The delivery of logs is set up by actions that know no resources.
					// https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
					allow(
						"DeliverLogs",
						[
							"logs:CreateLogDelivery",
							"logs:DeleteLogDelivery",
							"logs:DescribeLogGroups",
							"logs:DescribeResourcePolicies",
							"logs:GetLogDelivery",
							"logs:ListLogDeliveries",
							"logs:PutResourcePolicy",
							"logs:UpdateLogDelivery",
						],
						["*"],
					),
				]),
		});
	}
}
