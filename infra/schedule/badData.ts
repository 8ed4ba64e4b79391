import { lake } from "../../etl/contract/contract.ts";
import { again, caught, integration, notice, type State, type StateMachine } from "./states.ts";

/**
 * Sends what the jobs wrote of the bad data that they found, a notice a job, also what a run before could not send. A text goes once it
 * is sent: an execution that ends in between sends it twice rather than never.
 */
export function badDataNotices(input: StateMachine, next: { done: string; failed: string }): Record<string, State> {
	const unsent = `${lake.unsentNotices}/`;
	/** No way back to `notify-on-failure`, which leads here. */
	const onUnsent = { ...caught, Next: "notify-on-unsent" };
	return {
		"find-bad-data": {
			Type: "Task",
			Resource: integration(input, "aws-sdk:s3:listObjectsV2"),
			// A state's output has 256 KiB at most, which a page of 1,000 names would fill; the next run sends the rest.
			Parameters: { Bucket: input.processedBucket, Prefix: unsent, MaxKeys: 100 },
			ResultPath: "$.found",
			Retry: [again],
			Catch: [onUnsent],
			Next: "is-data-good",
		},
		"is-data-good": {
			Type: "Choice",
			Choices: [{ Variable: "$.found.Contents[0]", IsPresent: true, Next: "notify-on-bad-data" }],
			Default: next.done,
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
						ResultPath: "$.read",
						Retry: [again],
						Next: "send",
					},
					send: {
						Type: "Task",
						Resource: integration(input, "sns:publish"),
						Parameters: {
							TopicArn: input.topicArn,
							Subject: "Analytics pipeline: a run found bad data",
							"Message.$": "$.read.text",
						},
						Retry: [again],
						ResultPath: null,
						Next: "remove",
					},
					remove: {
						Type: "Task",
						Resource: integration(input, "aws-sdk:s3:deleteObject"),
						Parameters: { Bucket: input.processedBucket, "Key.$": "$.Key" },
						Retry: [again],
						End: true,
					},
				},
			},
			ResultPath: null,
			Catch: [onUnsent],
			Next: next.done,
		},
		"notify-on-unsent": notice(
			input,
			"Analytics pipeline: a run failed",
			`States.Format('Run {} could not send all reports of bad data. The next run sends the rest, which is in s3://${input.processedBucket}/${unsent}: {}', $$.Execution.Name, States.JsonToString($.failure))`,
			next.failed,
		),
	};
}
