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
		replicationTaskArn: "arn:task",
		retries,
		timeoutMinutes: 90,
	});
}

/** Names of the working states in the order in which they run when all goes well. */
function path({ States }: ReturnType<typeof machine>): string[] {
	const names: string[] = [];
	const [first] = (States["is-first"]?.Choices ?? []) as { Next: string }[];
	expect(first?.Next).toBe("find-loads");
	for (
		let name: unknown = States["find-loads"]?.Next;
		typeof name === "string" && name !== "find-bad-data";
		name = States[name]?.Next
	)
		names.push(name);
	return names;
}

describe("the state machine", () => {
	it("runs the jobs of the list in their order, jobs of one wave beside each other", () => {
		expect(path(machine(jobs))).toEqual(["job process-load", "job process-cdc", "job apply-changes", "wave 4"]);
	});

	it("follows the list: a new job gets its place without another edit", () => {
		const list = [...jobs, job("forecast", "star-schema")];
		expect(path(machine(list))).toEqual([
			"job process-load",
			"job process-cdc",
			"job apply-changes",
			"wave 4",
			"job forecast",
		]);
		expect(machine(list).States["wave 4"]).toMatchObject({ Comment: "build-models, join-tables, star-schema" });
		expect(machine(list).States["job forecast"]).toMatchObject({ Parameters: { JobName: "stack-forecast" } });
	});

	it("starts a job by Glue's name with the execution as run id, waits for it, and tries failures again", () => {
		expect(machine([job("a")], 2).States["job a"]).toEqual({
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
		expect(machine([job("a")], 0).States["job a"]?.Retry).toHaveLength(1);
	});

	it("reports every failure, of a parallel wave too, and every call of the SDK is repeated", () => {
		const { States } = machine(jobs);
		const states = Object.entries(States).filter(([, { Type }]) => ["Task", "Parallel", "Map"].includes(String(Type)));
		const caughtBy = (notice: string) =>
			states
				.filter(([, { Catch }]) => (Catch as { Next: string }[])[0]?.Next === notice)
				.map(([name]) => name)
				.sort();
		expect(caughtBy("notify-on-failure")).toEqual([
			"find-loads",
			"find-running",
			"job apply-changes",
			"job process-cdc",
			"job process-load",
			"wave 4",
		]);
		expect(caughtBy("notify-on-unread")).toEqual(["find-bad-data", "notify-on-bad-data"]);
		expect(States["notify-on-failure"]).toMatchObject({ Parameters: { TopicArn: "arn:topic" }, Next: "find-bad-data" });
		for (const name of ["notify-on-failure", "notify-on-unread", "find-running", "find-loads", "find-bad-data"])
			expect(States[name]?.Retry).toMatchObject([{ ErrorEquals: ["States.ALL"], MaxAttempts: 4 }]);
		expect(States.failed?.Type).toBe("Fail");
	});
});
