import { describe, expect, it } from "vitest";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { jobs } from "../../tests/support/sampleShop.ts";
import { execute, type Json, type Machine, TaskError } from "../testing/execution.ts";
import { stateMachine } from "./stateMachine.ts";

/** A machine as AWS gets it. */
function machine(list: readonly JobDefinition[]): Machine {
	const definition = stateMachine({
		partition: "aws",
		jobs: list,
		jobNames: Object.fromEntries(list.map(({ name }) => [name, `stack-${name}`])),
		topicArn: "arn:topic",
		processedBucket: "lake",
		replicationTaskArn: "arn:task",
		retries: 1,
		timeoutMinutes: 90,
	});
	return JSON.parse(JSON.stringify(definition));
}

const execution = (name: string) => ({ ExecutionArn: `arn:execution:${name}` });

const context = {
	Execution: { Id: "arn:execution:mine", Name: "mine" },
	StateMachine: { Id: "arn:machine" },
};

/**
 * Executions that run, the newest first; texts that jobs wrote of bad data; what happens to jobs, and to other calls, by
 * their names.
 */
interface World {
	list?: readonly JobDefinition[];
	running?: string[];
	texts?: Record<string, string>;
	/** Tables whose load is under way. */
	loads?: { SchemaName: string; TableName: string }[];
	jobs?: Record<string, () => void>;
	calls?: Record<string, () => void>;
}

async function run({ list = jobs, running = ["mine"], texts = {}, loads = [], jobs: fates = {}, calls = {} }: World) {
	const started: string[] = [];
	const loading = new Map<string, string | undefined>();
	const notices: Json[] = [];
	const { ended, path } = await execute(machine(list), context, (resource, parameters) => {
		const input = parameters as Record<string, string>;
		calls[resource]?.();
		switch (resource) {
			case "aws-sdk:sfn:listExecutions":
				expect(parameters).toEqual({ StateMachineArn: "arn:machine", StatusFilter: "RUNNING" });
				return { Executions: running.map(execution) };
			case "aws-sdk:databasemigration:describeTableStatistics":
				expect(parameters).toMatchObject({ ReplicationTaskArn: "arn:task", Filters: [{ Name: "table-state" }] });
				return { TableStatistics: loads };
			case "glue:startJobRun.sync": {
				const name = (input.JobName ?? "").replace("stack-", "");
				expect(parameters).toMatchObject({ Arguments: { "--run_id": "mine" } });
				started.push(name);
				const given = parameters as { Arguments: Record<string, string> };
				loading.set(name, given.Arguments["--loading"]);
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
	return { ended, path, started, notices, loading };
}

const all = jobs.map(({ name }) => name).sort();

describe("a run by the state machine", () => {
	it("starts every job once, and sends nothing where all is well", async () => {
		const { ended, started, notices } = await run({});
		expect(ended).toBe("done");
		expect([...started].sort()).toEqual(all);
		expect(notices).toEqual([]);
	});

	it("tells the jobs that take in files, and no other, which tables are being loaded", async () => {
		const none = await run({});
		expect(none.loading.get("process-load")).toBe("[[],[]]");
		const loads = ["orders", 'a"b'].map((TableName) => ({ SchemaName: "shop", TableName }));
		const { ended, loading } = await run({ loads });
		expect(ended).toBe("done");
		expect(JSON.parse(loading.get("process-load") ?? "")).toEqual([
			["shop", "shop"],
			["orders", 'a"b'],
		]);
		expect(loading.get("process-cdc")).toBe(loading.get("process-load"));
		expect(loading.get("apply-changes")).toBeUndefined();
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

	const texts = { "_runs/mine/attention/process-cdc.txt": "Quarantined: s3://raw/shop/orders/x.parquet" };
	const fails = () => {
		throw new TaskError("States.TaskFailed", "OutOfMemory");
	};

	it("sends the bad data that was found before a job failed, after the failure", async () => {
		const { ended, notices } = await run({ texts, jobs: { "star-schema": fails } });
		expect(ended).toBe("failed");
		expect(notices).toEqual([
			expect.objectContaining({ Message: 'Run mine failed: {"Error":"States.TaskFailed","Cause":"OutOfMemory"}' }),
			expect.objectContaining({ Message: "Quarantined: s3://raw/shop/orders/x.parquet" }),
		]);
	});

	it.each(["listObjectsV2", "getObject"])("says where bad data is that %s cannot get, and fails", async (action) => {
		const calls = { [`aws-sdk:s3:${action}`]: fails };
		const { ended, notices } = await run({ texts, calls, jobs: { "star-schema": fails } });
		expect(ended).toBe("failed");
		expect(notices).toEqual([
			expect.objectContaining({ Message: expect.stringMatching(/^Run mine failed: /) }),
			expect.objectContaining({
				Message: expect.stringMatching(
					/^Run mine could not send .* it is in s3:\/\/lake\/_runs\/mine\/attention\/: \{/,
				),
			}),
		]);
	});

	it("repeats a notice that is not taken, and ends as the run did where it never is", async () => {
		let refusals = 4;
		const throttled = () => {
			if (refusals-- > 0) throw new TaskError("SNS.ThrottledException", "slow down");
		};
		const later = await run({ jobs: { "process-load": fails }, calls: { "sns:publish": throttled } });
		expect(later).toMatchObject({ ended: "failed", notices: [{ TopicArn: "arn:topic" }] });
		const never = await run({ jobs: { "process-load": fails }, calls: { "sns:publish": fails }, texts });
		expect(never).toMatchObject({ ended: "failed", notices: [] });
	});

	it("takes jobs of whatever names, in one wave or in many, for no state of its own", async () => {
		const own = Object.keys(machine([]).States);
		const names = [...own, "read", "send", "wave-1", "job-read", "n".repeat(60), "m".repeat(60)];
		const job = (name: string, after: readonly string[]): JobDefinition => ({
			name,
			script: "job.py",
			description: "",
			after: [...after],
			reads: [],
			writes: [],
		});
		for (const after of [() => [], (index: number) => names.slice(0, index).slice(-1)]) {
			const { ended, started } = await run({ list: names.map((name, index) => job(name, after(index))) });
			expect(ended).toBe("done");
			expect([...started].sort()).toEqual([...names].sort());
		}
	});
});
