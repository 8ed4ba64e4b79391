import { describe, expect, it } from "vitest";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { jobs } from "../../tests/support/sampleShop.ts";
import { stateMachine } from "./stateMachine.ts";
import type { State } from "./states.ts";

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

/** The jobs of each wave, in the order of the waves. */
function waves({ States }: ReturnType<typeof machine>): unknown[] {
	const [first] = (States["is-first"]?.Choices ?? []) as { Next: string }[];
	expect(first?.Next).toBe("find-loads");
	const found: unknown[] = [];
	for (
		let name: unknown = States["are-loads-named"]?.Default;
		name !== "has-failed-jobs";
		name = States[String(name)]?.Next
	)
		found.push(States[String(name)]?.Comment);
	return found;
}

/** The state that starts a job. */
function task({ States }: ReturnType<typeof machine>, name: string): State {
	const branches = Object.values(States).flatMap(
		({ Branches }) => (Branches ?? []) as { States: Record<string, State> }[],
	);
	const found = branches.map((branch) => branch.States[`job ${name}`]).find((state) => state !== undefined);
	if (found === undefined) throw new Error(`no state starts ${name}`);
	return found;
}

describe("the state machine", () => {
	it("runs the jobs of the list in their order, jobs of one wave beside each other", () => {
		const shop = ["process-load", "process-cdc", "apply-changes", "build-models, join-tables, star-schema"];
		expect(waves(machine(jobs))).toEqual(shop);
		const list = [...jobs, job("forecast", "star-schema")];
		expect(waves(machine(list))).toEqual([...shop, "forecast"]);
		expect(task(machine(list), "forecast")).toMatchObject({ Parameters: { JobName: "stack-forecast" } });
	});

	it("starts a job by Glue's name with the execution as run id, waits for it, and tries failures again", () => {
		expect(task(machine([job("a")], 2), "a")).toEqual({
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
			ResultSelector: { failed: false, tables: "", text: "" },
			Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "failed a" }],
			End: true,
		});
	});

	it("does not try a failure again without retries, and still waits for a limit", () => {
		expect(task(machine([job("a")], 0), "a").Retry).toHaveLength(1);
	});

	it("reports every failure, and every call of the SDK is repeated", () => {
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
			"wave 1",
			"wave 2",
			"wave 3",
			"wave 4",
		]);
		expect(caughtBy("notify-on-unsent")).toEqual(["find-bad-data", "notify-on-bad-data"]);
		for (const name of Object.keys(States).filter((name) => name.startsWith("notify-on-fail")))
			expect(States[name]).toMatchObject({ Parameters: { TopicArn: "arn:topic" }, Next: "find-bad-data" });
		for (const [name, { Retry }] of states.filter(([, { Type }]) => Type === "Task"))
			expect(Retry, name).toMatchObject([{ ErrorEquals: ["States.ALL"], MaxAttempts: 4 }]);
		expect(States.failed?.Type).toBe("Fail");
	});
});
