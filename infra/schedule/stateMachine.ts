import { type JobDefinition, jobWaves } from "../../etl/jobs.ts";

export interface StateMachine {
	/** AWS partition, for the integrations' ARNs. */
	partition: string;
	jobs: readonly JobDefinition[];
	/** Name in Glue, by the job's name. */
	jobNames: Readonly<Record<string, string>>;
	crawlerName: string;
	topicArn: string;
	/** How often a failed job is started again. */
	retries: number;
	timeoutMinutes: number;
}

type State = Readonly<Record<string, unknown>>;

/** A machine of the Amazon States Language. */
export interface Definition {
	Comment: string;
	StartAt: string;
	TimeoutSeconds: number;
	States: Record<string, State>;
}

/**
 * All jobs of the list, each after those that it names, jobs of one wave beside each other; then the crawler. The
 * execution's name is the jobs' run id. Whatever fails is told to the topic, and fails the execution.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
 */
export function stateMachine(input: StateMachine): Definition {
	const integration = (resource: string): string => `arn:${input.partition}:states:::${resource}`;
	const failed = [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "tell-failure" }];
	const job = ({ name }: JobDefinition): State => ({
		Type: "Task",
		Resource: integration("glue:startJobRun.sync"),
		Parameters: { JobName: input.jobNames[name], Arguments: { "--run_id.$": "$$.Execution.Name" } },
		Retry: [
			{
				// A run of the same job that somebody started by hand, or a limit of the account: wait for it.
				ErrorEquals: [
					"Glue.ConcurrentRunsExceededException",
					"Glue.ResourceNumberLimitExceededException",
					"Glue.ThrottlingException",
				],
				IntervalSeconds: 60,
				BackoffRate: 1.5,
				MaxAttempts: 8,
			},
			...(input.retries > 0
				? [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 30, BackoffRate: 2, MaxAttempts: input.retries }]
				: []),
		],
		ResultPath: null,
	});
	const waves = jobWaves(input.jobs).map((wave): [string, State] => {
		const [only, ...others] = wave;
		if (only !== undefined && others.length === 0) return [only.name, job(only)];
		const branches = wave.map((member) => ({
			StartAt: member.name,
			States: { [member.name]: { ...job(member), End: true } },
		}));
		return [wave.map(({ name }) => name).join(" and "), { Type: "Parallel", Branches: branches, ResultPath: null }];
	});
	const steps: [string, State][] = [
		...waves.map(([name, state]): [string, State] => [name, { ...state, Catch: failed }]),
		[
			"crawl",
			{
				Type: "Task",
				Resource: integration("aws-sdk:glue:startCrawler"),
				Parameters: { Name: input.crawlerName },
				ResultPath: null,
				// A crawl under way sees the new files too.
				Catch: [{ ErrorEquals: ["Glue.CrawlerRunningException"], Next: "done" }, ...failed],
			},
		],
	];
	return {
		Comment: "The jobs of etl/jobs.ts in their order, then the crawler",
		StartAt: steps[0]?.[0] ?? "done",
		TimeoutSeconds: input.timeoutMinutes * 60,
		States: {
			...Object.fromEntries(
				steps.map(([name, state], index) => [name, { ...state, Next: steps[index + 1]?.[0] ?? "done" }]),
			),
			done: { Type: "Succeed" },
			"tell-failure": {
				Type: "Task",
				Resource: integration("sns:publish"),
				Parameters: {
					TopicArn: input.topicArn,
					Subject: "Analytics pipeline: a run failed",
					"Message.$": "States.Format('Run {} failed: {}', $$.Execution.Name, States.JsonToString($.failure))",
				},
				ResultPath: null,
				Next: "failed",
			},
			failed: { Type: "Fail", Error: "RunFailed", CausePath: "States.JsonToString($.failure)" },
		},
	};
}
