import { lake } from "../../etl/contract/contract.ts";
import { type JobDefinition, jobWaves } from "../../etl/definition/jobs.ts";
import { partlyLoaded, takingIn } from "../../etl/definition/loads.ts";

export interface StateMachine {
	/** AWS partition, for the integrations' ARNs. */
	partition: string;
	jobs: readonly JobDefinition[];
	/** Name in Glue, by the job's name. */
	jobNames: Readonly<Record<string, string>>;
	topicArn: string;
	/** Bucket of the processed zone, where the jobs report. */
	processedBucket: string;
	/** Replication task, which knows the tables whose load is under way. */
	replicationTaskArn: string;
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
 * All jobs of the list, each after those that it names, jobs of one wave beside each other. The
 * execution's name is the jobs' run id. An execution that finds an earlier one running ends without doing anything. Whatever fails is
 * published to the topic, and fails the execution; bad data that the jobs found is published, whether others failed or
 * not, and fails nothing. Tables whose load is under way are left as they are.
 *
 * Names of states are unique in all of a machine, its branches too, and have at most 80 characters. No name of a job has a space:
 * `job …` and `wave …` belong to no other state.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
 */
export function stateMachine(input: StateMachine): Definition {
	const work = jobWaves(input.jobs).map((wave, index) => waveState(input, wave, index + 1));
	const inOrder = work.map(([name, state], index): [string, State] => [
		name,
		{ ...state, Catch: [onFailure], Next: work[index + 1]?.[0] ?? "find-bad-data" },
	]);
	return {
		Comment: "The jobs of the definition in their order",
		StartAt: "find-running",
		TimeoutSeconds: input.timeoutMinutes * 60,
		States: {
			...onlyOne(input, "find-loads"),
			"find-loads": loadsUnderWay(input, work[0]?.[0] ?? "find-bad-data"),
			...Object.fromEntries(inOrder),
			"notify-on-failure": failureNotice(
				input,
				"States.Format('Run {} failed: {}', $$.Execution.Name, States.JsonToString($.failure))",
				"find-bad-data",
			),
			...badDataNotices(input),
			"has-failed": {
				Type: "Choice",
				Choices: [{ Variable: "$.failure", IsPresent: true, Next: "failed" }],
				Default: "done",
			},
			done: { Type: "Succeed" },
			failed: { Type: "Fail", Error: "RunFailed", CausePath: "States.JsonToString($.failure)" },
		},
	};
}

const caught = { ErrorEquals: ["States.ALL"], ResultPath: "$.failure" };
const onFailure = { ...caught, Next: "notify-on-failure" };
/** No way back to `notify-on-failure`, which leads here. */
const onUnread = { ...caught, Next: "notify-on-unread" };

/** Calls of the SDK that AWS throttles or fails at. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const again = {
	ErrorEquals: ["States.ALL"],
	IntervalSeconds: 5,
	BackoffRate: 2,
	MaxAttempts: 4,
	JitterStrategy: "FULL",
};

/** Continues with `first` in the oldest of the executions that run; the list has the newest first. */
function onlyOne(input: StateMachine, first: string): Record<string, State> {
	return {
		"find-running": {
			Type: "Task",
			Resource: integration(input, "aws-sdk:sfn:listExecutions"),
			Parameters: { "StateMachineArn.$": "$$.StateMachine.Id", StatusFilter: "RUNNING" },
			ResultSelector: { "oldest.$": "$.Executions[-1:].ExecutionArn" },
			ResultPath: "$.running",
			Retry: [again],
			Catch: [onFailure],
			Next: "is-first",
		},
		"is-first": {
			Type: "Choice",
			Choices: [
				// What was just started may not be in the list yet.
				{ Variable: "$.running.oldest[0]", IsPresent: false, Next: first },
				{ Variable: "$.running.oldest[0]", StringEqualsPath: "$$.Execution.Id", Next: first },
			],
			Default: "skipped",
		},
		skipped: { Type: "Succeed", Comment: "An earlier run is going; it takes what has come until it gets to it" },
	};
}

/**
 * Tables of which the raw zone has a part: DMS removes all files of a table that it reloads, and writes them one by one. A call names 500
 * at most.
 */
function loadsUnderWay(input: StateMachine, next: string): State {
	return {
		Type: "Task",
		Resource: integration(input, "aws-sdk:databasemigration:describeTableStatistics"),
		Parameters: {
			ReplicationTaskArn: input.replicationTaskArn,
			MaxRecords: 500,
			Filters: [{ Name: "table-state", Values: partlyLoaded }],
		},
		ResultSelector: {
			"schemas.$": "$.TableStatistics[*].SchemaName",
			"tables.$": "$.TableStatistics[*].TableName",
		},
		ResultPath: "$.loads",
		Retry: [again],
		Catch: [onFailure],
		Next: next,
	};
}

const loading = "States.Format('[{},{}]', States.JsonToString($.loads.schemas), States.JsonToString($.loads.tables))";

/** Sends what the jobs wrote of the bad data that they found, a notice a job. */
function badDataNotices(input: StateMachine): Record<string, State> {
	const attention = `s3://${input.processedBucket}/${lake.attention("{}")}/`;
	return {
		"find-bad-data": {
			Type: "Task",
			Resource: integration(input, "aws-sdk:s3:listObjectsV2"),
			Parameters: {
				Bucket: input.processedBucket,
				"Prefix.$": `States.Format('${lake.attention("{}")}/', $$.Execution.Name)`,
			},
			ResultPath: "$.found",
			Retry: [again],
			Catch: [onUnread],
			Next: "is-data-good",
		},
		"is-data-good": {
			Type: "Choice",
			Choices: [{ Variable: "$.found.Contents[0]", IsPresent: true, Next: "notify-on-bad-data" }],
			Default: "has-failed",
		},
		"notify-on-bad-data": {
			Type: "Map",
			ItemsPath: "$.found.Contents",
			MaxConcurrency: 1,
			ItemProcessor: {
				ProcessorConfig: { Mode: "INLINE" },
				StartAt: "read",
				States: {
					read: {
						Type: "Task",
						Resource: integration(input, "aws-sdk:s3:getObject"),
						Parameters: { Bucket: input.processedBucket, "Key.$": "$.Key" },
						ResultSelector: { "text.$": "$.Body" },
						Retry: [again],
						Next: "send",
					},
					send: {
						Type: "Task",
						Resource: integration(input, "sns:publish"),
						Parameters: {
							TopicArn: input.topicArn,
							Subject: "Analytics pipeline: a run found bad data",
							"Message.$": "$.text",
						},
						Retry: [again],
						End: true,
					},
				},
			},
			ResultPath: null,
			Catch: [onUnread],
			Next: "has-failed",
		},
		"notify-on-unread": failureNotice(
			input,
			`States.Format('Run {} could not send all that its jobs found of bad data; it is in ${attention}: {}', $$.Execution.Name, $$.Execution.Name, States.JsonToString($.failure))`,
			"failed",
		),
	};
}

function integration({ partition }: StateMachine, resource: string): string {
	return `arn:${partition}:states:::${resource}`;
}

/** One job, or several beside each other, with the state's name. */
function waveState(input: StateMachine, wave: readonly JobDefinition[], number: number): [string, State] {
	const [only, ...others] = wave;
	if (only !== undefined && others.length === 0) return [stateName(only), jobState(input, only)];
	const branches = wave.map((job) => ({
		StartAt: stateName(job),
		States: { [stateName(job)]: { ...jobState(input, job), End: true } },
	}));
	const names = wave.map(({ name }) => name).join(", ");
	return [`wave ${number}`, { Type: "Parallel", Comment: names, Branches: branches, ResultPath: null }];
}

function stateName({ name }: JobDefinition): string {
	return `job ${name}`;
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
		Parameters: {
			JobName: input.jobNames[name],
			Arguments: {
				"--run_id.$": "$$.Execution.Name",
				...(takingIn.includes(name) ? { "--loading.$": loading } : {}),
			},
		},
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

/** Where it cannot be sent, the execution continues to its end all the same. */
function failureNotice(input: StateMachine, message: string, next: string): State {
	return {
		Type: "Task",
		Resource: integration(input, "sns:publish"),
		Parameters: { TopicArn: input.topicArn, Subject: "Analytics pipeline: a run failed", "Message.$": message },
		Retry: [again],
		ResultPath: null,
		Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: null, Next: next }],
		Next: next,
	};
}
