import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { type Alarm, alarms } from "./alarms.ts";
import { metricsDashboard } from "./metricsDashboard.ts";

export interface MonitoringArgs {
	/** Topic that is notified. */
	topicArn: pulumi.Input<string>;
	/** How the names in Glue begin of the jobs to watch: a pattern of events has 2,048 characters, and jobs may be many. */
	jobNamePrefix: string;
	/** Name in Glue of the crawler to watch; undefined where there is none. */
	crawlerName: pulumi.Input<string> | undefined;
	/** DMS instance: its storage is watched. */
	replicationInstanceId: pulumi.Input<string>;
	/** DMS task: its latency is watched. */
	replicationTaskArn: pulumi.Input<string>;
	/** Stream of the clicks and its delivery; undefined where there are none. */
	clickstream?: { streamName: pulumi.Input<string>; deliveryStreamName: pulumi.Input<string> } | undefined;
	/** Where changes come through Kinesis, their stream and its delivery. */
	changes?: { streamName: pulumi.Input<string>; deliveryStreamName: pulumi.Input<string> } | undefined;
	/** State machine of the runs. */
	stateMachineArn: pulumi.Input<string>;
	/** RDS source, where it is one. */
	rdsIdentifier?: string | undefined;
	/** Seconds that replication may lag. */
	latencySeconds: number;
	/** Seconds for which DMS gathers changes before it writes a file of them. */
	batchSeconds: number;
	/** Free GB below which storage is low. */
	freeStorageGb: number;
	/** USD a month; the topic is notified at 80 % and when the forecast goes above it. 0 makes no budget. */
	monthlyBudgetUsd: number;
}

/**
 * Alarms, events of failed jobs and crawls, a CloudWatch dashboard, and the budget. See `alarms.ts` for what is watched
 * and when.
 *
 * Defaults: without `rdsIdentifier` no database is watched, without `changes` no second stream.
 *
 * Danger: the budget counts the whole account, since cost by tag has first to be activated by the payer; so one stack of an
 * account has one, and the others `monthlyBudgetUsd: 0`.
 *
 * Cost: $0.10 an alarm and month, $3 the dashboard after the first three of an account; a budget that only notifies is free.
 */
export class Monitoring extends pulumi.ComponentResource {
	readonly dashboardName: pulumi.Output<string>;

	constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:monitoring:Monitoring", name, {}, opts);
		const list = alarms({
			replicationInstanceId: args.replicationInstanceId,
			replicationTaskResourceId: pulumi.output(args.replicationTaskArn).apply((arn) => arn.split(":").at(-1) ?? ""),
			clickstream: args.clickstream,
			changes: args.changes,
			stateMachineArn: args.stateMachineArn,
			rdsIdentifier: args.rdsIdentifier,
			latencySeconds: args.latencySeconds,
			batchSeconds: args.batchSeconds,
			freeStorageGb: args.freeStorageGb,
		});
		const made = list.map((alarm) => this.#alarm(name, args, alarm));
		this.#failures(name, args, "job", "Glue Job State Change", {
			jobName: [{ prefix: args.jobNamePrefix }],
			state: ["ERROR", "FAILED", "TIMEOUT"],
		});
		if (args.crawlerName !== undefined) {
			this.#failures(name, args, "crawl", "Glue Crawler State Change", {
				crawlerName: [args.crawlerName],
				state: ["Failed"],
			});
		}
		const dashboard = new aws.cloudwatch.Dashboard(
			`${name}-dashboard`,
			{
				dashboardName: name,
				dashboardBody: pulumi
					.all([pulumi.output(list), pulumi.all(made.map((alarm) => alarm.arn)), currentEnvironment(this)])
					.apply(([all, arns, { region }]) => metricsDashboard(all, arns, region)),
			},
			{ parent: this },
		);
		if (args.monthlyBudgetUsd > 0) this.#budget(name, args);
		this.dashboardName = dashboard.dashboardName;
		this.registerOutputs({ dashboardName: this.dashboardName });
	}

	#alarm(name: string, args: MonitoringArgs, alarm: Alarm): aws.cloudwatch.MetricAlarm {
		return new aws.cloudwatch.MetricAlarm(
			`${name}-${alarm.name}`,
			{
				name: `${name}-${alarm.name}`,
				alarmDescription: alarm.description,
				namespace: alarm.namespace,
				metricName: alarm.metricName,
				dimensions: alarm.dimensions,
				statistic: alarm.statistic,
				comparisonOperator: alarm.comparisonOperator,
				threshold: alarm.threshold,
				period: 300,
				evaluationPeriods: alarm.periods,
				treatMissingData: "notBreaching",
				alarmActions: [args.topicArn],
				okActions: [args.topicArn],
			},
			{ parent: this },
		);
	}

	/** Glue has no metric of failed runs; it reports them as events. */
	#failures(
		name: string,
		args: MonitoringArgs,
		part: string,
		detailType: string,
		detail: Record<string, (pulumi.Input<string> | { prefix: string })[]>,
	): void {
		const rule = new aws.cloudwatch.EventRule(
			`${name}-failed-${part}`,
			{
				name: `${name}-failed-${part}`,
				description: `A ${part} of Glue failed`,
				eventPattern: pulumi.jsonStringify({ source: ["aws.glue"], "detail-type": [detailType], detail }),
			},
			{ parent: this },
		);
		new aws.cloudwatch.EventTarget(
			`${name}-failed-${part}-target`,
			{ rule: rule.name, arn: args.topicArn },
			{ parent: this },
		);
	}

	#budget(name: string, args: MonitoringArgs): void {
		const notify = (notificationType: string, threshold: number) => ({
			comparisonOperator: "GREATER_THAN",
			notificationType,
			threshold,
			thresholdType: "PERCENTAGE",
			subscriberSnsTopicArns: [args.topicArn],
		});
		new aws.budgets.Budget(
			`${name}-budget`,
			{
				name,
				budgetType: "COST",
				timeUnit: "MONTHLY",
				limitAmount: String(args.monthlyBudgetUsd),
				limitUnit: "USD",
				notifications: [notify("ACTUAL", 80), notify("FORECASTED", 100)],
			},
			{ parent: this },
		);
	}
}
