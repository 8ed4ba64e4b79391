import { describe, expect, it } from "vitest";
import { jobs } from "../../tests/support/sampleShop.ts";
import { execute, type Json, type Machine, TaskError } from "../testing/execution.ts";
import { stateMachine } from "./stateMachine.ts";

const machine = stateMachine({
	partition: "aws",
	jobs,
	jobNames: Object.fromEntries(jobs.map(({ name }) => [name, `stack-${name}`])),
	topicArn: "arn:topic",
	processedBucket: "lake",
	retries: 1,
	timeoutMinutes: 90,
});

// As AWS gets it.
const written: Machine = JSON.parse(JSON.stringify(machine));

const execution = (name: string) => ({ ExecutionArn: `arn:execution:${name}` });

const context = {
	Execution: { Id: "arn:execution:mine", Name: "mine" },
	StateMachine: { Id: "arn:machine" },
};

/** Executions that run, the newest first; texts that jobs wrote of bad data; what happens to jobs by their names. */
interface World {
	running?: string[];
	texts?: Record<string, string>;
	jobs?: Record<string, () => void>;
}

async function run({ running = ["mine"], texts = {}, jobs: fates = {} }: World) {
	const started: string[] = [];
	const notices: Json[] = [];
	const { ended, path } = await execute(written, context, (resource, parameters) => {
		const input = parameters as Record<string, string>;
		switch (resource) {
			case "aws-sdk:sfn:listExecutions":
				expect(parameters).toEqual({ StateMachineArn: "arn:machine", StatusFilter: "RUNNING" });
				return { Executions: running.map(execution) };
			case "glue:startJobRun.sync": {
				const name = (input.JobName ?? "").replace("stack-", "");
				expect(parameters).toMatchObject({ Arguments: { "--run_id": "mine" } });
				started.push(name);
				fates[name]?.();
				return {};
			}
			case "aws-sdk:s3:listObjectsV2": {
				expect(parameters).toEqual({ Bucket: "lake", Prefix: "_runs/mine/attention/" });
				const Contents = Object.keys(texts).map((Key) => ({ Key, Size: 1 }));
				return Contents.length === 0 ? { KeyCount: 0 } : { KeyCount: Contents.length, Contents };
			}
			case "aws-sdk:s3:getObject":
				return { Body: texts[input.Key ?? ""] ?? "", ETag: "x" };
			case "sns:publish":
				notices.push(parameters);
				return {};
			default:
				throw new Error(resource);
		}
	});
	return { ended, path, started, notices };
}

const all = jobs.map(({ name }) => name).sort();

describe("a run by the state machine", () => {
	it("starts every job once, and sends nothing where all is well", async () => {
		const { ended, started, notices } = await run({});
		expect(ended).toBe("done");
		expect([...started].sort()).toEqual(all);
		expect(notices).toEqual([]);
	});

	it("does nothing while an earlier one is going", async () => {
		expect(await run({ running: ["mine", "earlier"] })).toMatchObject({ ended: "skipped", started: [], notices: [] });
	});

	it("continues where a later one is going, which does nothing, or where it is not in the list yet", async () => {
		expect((await run({ running: ["later", "mine"] })).ended).toBe("done");
		expect((await run({ running: [] })).ended).toBe("done");
	});

	it("sends what the jobs wrote of bad data, a notice a job, and ends well", async () => {
		const texts = {
			"_runs/mine/attention/apply-changes.txt": "Blocked: shop.orders",
			"_runs/mine/attention/process-cdc.txt": "Quarantined: s3://raw/shop/orders/x.parquet",
		};
		const { ended, started, notices } = await run({ texts });
		expect(ended).toBe("done");
		expect([...started].sort()).toEqual(all);
		expect(notices).toEqual(
			Object.values(texts).map((Message) => ({
				TopicArn: "arn:topic",
				Subject: "Analytics pipeline: a run found bad data",
				Message,
			})),
		);
	});

	it("starts a failed job again, and fails with a notice where it fails again", async () => {
		let failures = 0;
		const fails = (times: number) => () => {
			if (failures++ < times) throw new TaskError("States.TaskFailed", "OutOfMemory");
		};
		const once = await run({ jobs: { "process-cdc": fails(1) } });
		expect(once).toMatchObject({ ended: "done", notices: [] });
		expect(once.started.filter((name) => name === "process-cdc")).toHaveLength(2);
		failures = 0;
		const twice = await run({ jobs: { "process-cdc": fails(2) } });
		expect(twice.ended).toBe("failed");
		expect(twice.started).not.toContain("apply-changes");
		expect(twice.notices).toEqual([
			expect.objectContaining({ Message: 'Run mine failed: {"Error":"States.TaskFailed","Cause":"OutOfMemory"}' }),
		]);
	});
});
