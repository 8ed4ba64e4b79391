import type { JobDefinition } from "../../etl/definition/jobs.ts";

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

/** A state of the Amazon States Language. */
export type State = Readonly<Record<string, unknown>>;

export const caught = { ErrorEquals: ["States.ALL"], ResultPath: "$.failure" };
export const onFailure = { ...caught, Next: "notify-on-failure" };

/** Calls of the SDK that AWS throttles or fails at. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
export const again = {
	ErrorEquals: ["States.ALL"],
	IntervalSeconds: 5,
	BackoffRate: 2,
	MaxAttempts: 4,
	JitterStrategy: "FULL",
};

export function integration({ partition }: Pick<StateMachine, "partition">, resource: string): string {
	return `arn:${partition}:states:::${resource}`;
}

/** Where it cannot be sent, the execution continues all the same. */
export function notice(
	input: Pick<StateMachine, "partition" | "topicArn">,
	subject: string,
	message: string,
	next: string,
): State {
	return {
		Type: "Task",
		Resource: integration(input, "sns:publish"),
		Parameters: { TopicArn: input.topicArn, Subject: subject, "Message.$": message },
		Retry: [again],
		ResultPath: null,
		Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: null, Next: next }],
		Next: next,
	};
}
