import { type JobDefinition, jobWaves } from "../../etl/definition/jobs.ts";

export interface StateMachine {
	/** AWS partition, for the integrations' ARNs. */
	partition: string;
	jobs: readonly JobDefinition[];
	/** Name in Glue, by the job's name. */
	jobNames: Readonly<Record<string, string>>;
	/** Undefined where there is none. */
	crawlerName: string | undefined;
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
 * All jobs of the list, each after those that it names, jobs of one wave beside each other; then the crawler, where there is one. The
 * execution's name is the jobs' run id. Whatever fails is published to the topic, and fails the execution.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
 */
export function stateMachine(input: StateMachine): Definition {
	const steps: [string, State][] = [
		...jobWaves(input.jobs).map((wave): [string, State] => [
			wave.map(({ name }) => name).join(" and "),
			{ ...waveState(input, wave), Catch: [onFailure] },
		]),
		...(input.crawlerName === undefined ? [] : [["crawl", crawlState(input, input.crawlerName)] as [string, State]]),
	];
	const inOrder = steps.map(([name, state], index) => [name, { ...state, Next: steps[index + 1]?.[0] ?? "done" }]);
	return {
		Comment: "The jobs of the definition in their order, then the crawler",
		StartAt: steps[0]?.[0] ?? "done",
		TimeoutSeconds: input.timeoutMinutes * 60,
		States: {
			...Object.fromEntries(inOrder),
			done: { Type: "Succeed" },
			"notify-on-failure": failureNotice(input),
			failed: { Type: "Fail", Error: "RunFailed", CausePath: "States.JsonToString($.failure)" },
		},
	};
}

const onFailure = { ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "notify-on-failure" };

function integration({ partition }: StateMachine, resource: string): string {
	return `arn:${partition}:states:::${resource}`;
}

/** One job, or several beside each other. */
function waveState(input: StateMachine, wave: readonly JobDefinition[]): State {
	const [only, ...others] = wave;
	if (only !== undefined && others.length === 0) return jobState(input, only);
	const branches = wave.map((job) => ({
		StartAt: job.name,
		States: { [job.name]: { ...jobState(input, job), End: true } },
	}));
	return { Type: "Parallel", Branches: branches, ResultPath: null };
}

function jobState(input: StateMachine, { name }: JobDefinition): State {
	const retries = {
		ErrorEquals: ["States.TaskFailed"],
		IntervalSeconds: 30,
		BackoffRate: 2,
		MaxAttempts: input.retries,
	};
	return {
		Type: "Task",
		Resource: integration(input, "glue:startJobRun.sync"),
		Parameters: { JobName: input.jobNames[name], Arguments: { "--run_id.$": "$$.Execution.Name" } },
		Retry: [untilFree, ...(input.retries > 0 ? [retries] : [])],
		ResultPath: null,
	};
}

/** A run of the same job that somebody started by hand, or a limit of the account: wait for it. */
const untilFree = {
	ErrorEquals: [
		"Glue.ConcurrentRunsExceededException",
		"Glue.ResourceNumberLimitExceededException",
		"Glue.ThrottlingException",
	],
	IntervalSeconds: 60,
	BackoffRate: 1.5,
	MaxAttempts: 8,
};

function crawlState(input: StateMachine, name: string): State {
	return {
		Type: "Task",
		Resource: integration(input, "aws-sdk:glue:startCrawler"),
		Parameters: { Name: name },
		ResultPath: null,
		// A crawl under way sees the new files too.
		Catch: [{ ErrorEquals: ["Glue.CrawlerRunningException"], Next: "done" }, onFailure],
	};
}

function failureNotice(input: StateMachine): State {
	return {
		Type: "Task",
		Resource: integration(input, "sns:publish"),
		Parameters: {
			TopicArn: input.topicArn,
			Subject: "Analytics pipeline: a run failed",
			"Message.$": "States.Format('Run {} failed: {}', $$.Execution.Name, States.JsonToString($.failure))",
		},
		ResultPath: null,
		Next: "failed",
	};
}
