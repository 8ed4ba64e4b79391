import { describe, expect, it } from "vitest";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { jobs } from "../../tests/support/sampleShop.ts";
import { stateMachine } from "./stateMachine.ts";

const job = (name: string, ...after: string[]): JobDefinition => ({
	name,
	script: `${name}.py`,
	description: name,
	after,
	reads: [],
	writes: [],
});

function machine(list: readonly JobDefinition[], retries = 1) {
	const jobNames = Object.fromEntries(list.map(({ name }) => [name, `stack-${name}`]));
	return stateMachine({
		partition: "aws-cn",
		jobs: list,
		jobNames,
		topicArn: "arn:topic",
		processedBucket: "lake-processed",
		retries,
		timeoutMinutes: 90,
	});
}

/** Names of the working states in the order in which they run when all goes well. */
function path({ States }: ReturnType<typeof machine>): string[] {
	const names: string[] = [];
	const [first] = (States["is-first"]?.Choices ?? []) as { Next: string }[];
	for (let name: unknown = first?.Next; typeof name === "string" && name !== "find-bad-data"; name = States[name]?.Next)
		names.push(name);
	return names;
}

describe("the state machine", () => {
	it("runs the jobs of the list in their order, jobs of one wave beside each other", () => {
		expect(path(machine(jobs))).toEqual([
			"process-load",
			"process-cdc",
			"apply-changes",
			"build-models and join-tables and star-schema",
		]);
	});

	it("follows the list: a new job gets its place without another edit", () => {
		const list = [...jobs, job("forecast", "star-schema")];
		expect(path(machine(list))).toEqual([
			"process-load",
			"process-cdc",
			"apply-changes",
			"build-models and join-tables and star-schema",
			"forecast",
		]);
		expect(machine(list).States.forecast).toMatchObject({ Parameters: { JobName: "stack-forecast" } });
	});

	it("starts a job by Glue's name with the execution as run id, waits for it, and tries failures again", () => {
		expect(machine([job("a")], 2).States.a).toEqual({
			Type: "Task",
			Resource: "arn:aws-cn:states:::glue:startJobRun.sync",
			Parameters: { JobName: "stack-a", Arguments: { "--run_id.$": "$$.Execution.Name" } },
			Retry: [
				{
					ErrorEquals: [
						"Glue.ConcurrentRunsExceededException",
						"Glue.ResourceNumberLimitExceededException",
						"Glue.ThrottlingException",
					],
					IntervalSeconds: 60,
					BackoffRate: 1.5,
					MaxAttempts: 8,
				},
				{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 30, BackoffRate: 2, MaxAttempts: 2 },
			],
			ResultPath: null,
			Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "notify-on-failure" }],
			Next: "find-bad-data",
		});
	});

	it("does not try a failure again without retries, and still waits for a limit", () => {
		expect(machine([job("a")], 0).States.a?.Retry).toHaveLength(1);
	});

	it("reports every failure, of a parallel wave too, and then fails", () => {
		const { States } = machine(jobs);
		const working = Object.values(States).filter(
			({ Type, Next }) => ["Task", "Parallel", "Map"].includes(String(Type)) && Next !== "failed",
		);
		expect(working).toHaveLength(7);
		for (const state of working)
			expect(state.Catch).toContainEqual({
				ErrorEquals: ["States.ALL"],
				ResultPath: "$.failure",
				Next: "notify-on-failure",
			});
		expect(States["notify-on-failure"]).toMatchObject({ Parameters: { TopicArn: "arn:topic" }, Next: "failed" });
		expect(States.failed?.Type).toBe("Fail");
	});
});
