import { describe, expect, it } from "vitest";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { jobs } from "../../tests/support/sampleShop.ts";
import { execute, type Json, type Machine, TaskError } from "../testing/execution.ts";
import { mostLoads, stateMachine } from "./stateMachine.ts";

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
	const unsent = new Map(Object.entries(texts));
	const failedTables = new Map<string, string | undefined>();
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
				return { TableStatistics: loads.slice(0, (parameters as { MaxRecords: number }).MaxRecords) };
			case "glue:startJobRun.sync": {
				const name = (input.JobName ?? "").replace("stack-", "");
				expect(parameters).toMatchObject({ Arguments: { "--run_id": "mine" } });
				started.push(name);
				const given = parameters as { Arguments: Record<string, string> };
				loading.set(name, given.Arguments["--loading"]);
				failedTables.set(name, given.Arguments["--failed_tables"]);
				fates[name]?.();
				return {};
			}
			case "aws-sdk:s3:listObjectsV2": {
				expect(parameters).toEqual({ Bucket: "lake", Prefix: "_runs/attention/unsent/", MaxKeys: 100 });
				const Contents = [...unsent.keys()].slice(0, 100).map((Key) => ({ Key, Size: 1 }));
				return Contents.length === 0 ? { KeyCount: 0 } : { KeyCount: Contents.length, Contents };
			}
			case "aws-sdk:s3:getObject":
				return { Body: unsent.get(input.Key ?? "") ?? "", ETag: "x" };
			case "aws-sdk:s3:deleteObject":
				expect(parameters).toEqual({ Bucket: "lake", Key: input.Key });
				expect(notices.map((notice) => (notice as { Message: string }).Message)).toContain(unsent.get(input.Key ?? ""));
				unsent.delete(input.Key ?? "");
				return {};
			case "sns:publish":
				notices.push(parameters);
				return {};
			default:
				throw new Error(resource);
		}
	});
	return { ended, path, started, notices, loading, failedTables, unsent: [...unsent.keys()] };
}

const all = jobs.map(({ name }) => name).sort();

const job = (name: string, after: readonly string[] = []): JobDefinition => ({
	name,
	script: "job.py",
	description: "",
	after,
	reads: [],
	writes: [],
});

const fails = () => {
	throw new TaskError("States.TaskFailed", "OutOfMemory");
};

const failedJob = (name: string) => `${name}: States.TaskFailed: OutOfMemory `;

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

	it("starts no job where more tables are being loaded than one look names, and says so", async () => {
		const loads = (count: number) =>
			Array.from({ length: count }, (_, index) => ({ SchemaName: "shop", TableName: `t${index}` }));
		const named = await run({ loads: loads(mostLoads - 1) });
		expect(named.started.length).toBe(all.length);
		expect(JSON.parse(named.loading.get("process-load") ?? "")[1]).toHaveLength(mostLoads - 1);
		const more = await run({ loads: loads(1000), texts: { "_runs/attention/unsent/a": "bad row" } });
		expect(more).toMatchObject({ ended: "done", started: [] });
		expect(JSON.stringify(more.notices)).toMatch(/was skipped: at least 250 tables .*bad row/s);
	});

	it("does nothing while an earlier one is going", async () => {
		expect(await run({ running: ["mine", "earlier"] })).toMatchObject({ ended: "skipped", started: [], notices: [] });
	});

	it("continues where a later one is going, which does nothing, or where it is not in the list yet", async () => {
		expect((await run({ running: ["later", "mine"] })).ended).toBe("done");
		expect((await run({ running: [] })).ended).toBe("done");
	});

	it("sends what the jobs wrote of bad data, in a run before too, a notice a job, and ends well", async () => {
		const texts = {
			"_runs/attention/unsent/earlier-apply-changes.txt": "Blocked: shop.customers",
			"_runs/attention/unsent/mine-apply-changes.txt": "Blocked: shop.orders",
			"_runs/attention/unsent/mine-process-cdc.txt": "Quarantined: s3://raw/shop/orders/x.parquet",
		};
		const { ended, started, notices, unsent } = await run({ texts });
		expect(ended).toBe("done");
		expect(unsent).toEqual([]);
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
		expect(twice.started).toEqual(["process-load", "process-cdc", "process-cdc"]);
		const skipped = all.filter((name) => !twice.started.includes(name));
		const left = jobs.map(({ name }) => name).filter((name) => skipped.includes(name));
		expect(twice.notices).toEqual([
			expect.objectContaining({
				Subject: "Analytics pipeline: a run failed",
				Message: [
					"Run mine failed: ",
					failedJob("process-cdc"),
					...left.map((name) => `${name}: skipped, because a job before it failed. `),
				].join(""),
			}),
		]);
	});

	it("runs what can do without a failed job, with its tables named, and what does not wait for it", async () => {
		const list = [
			job("facts"),
			job("clicks"),
			job("report", ["facts"]),
			{ ...job("models", ["facts", "clicks"]), inputs: { facts: ["fact_a", "fact_b"], clicks: ["sessions"] } },
			job("export", ["models"]),
		];
		const well = await run({ list });
		expect(well).toMatchObject({ ended: "done", notices: [] });
		expect(well.failedTables.get("models")).toBe(",,");
		const { ended, started, failedTables, notices } = await run({ list, jobs: { facts: fails } });
		expect(ended).toBe("failed");
		expect(started).toEqual(["facts", "clicks", "facts", "models", "export"]);
		expect(failedTables.get("models")).toBe(",fact_a,fact_b,");
		expect(notices).toEqual([
			expect.objectContaining({
				Message: `Run mine failed: ${failedJob("facts")}report: skipped, because a job before it failed. `,
			}),
		]);
	});

	it("skips what comes after a skipped job, and names every job that failed", async () => {
		const list = [job("a"), job("b"), job("c", ["a"]), job("d", ["c"])];
		const { ended, started, notices } = await run({ list, jobs: { a: fails, b: fails } });
		expect(ended).toBe("failed");
		expect(new Set(started)).toEqual(new Set(["a", "b"]));
		expect(JSON.stringify(notices)).toMatch(/a: States.*b: States.*c: skipped.*d: skipped/);
	});

	it("says of a failed job what Glue says of its error, and cuts what is long, however many jobs fail", async () => {
		// As AWS gives it: the run in JSON, with the arguments before the message, cut after 32,768 characters.
		const cause = (message: string) => () => {
			const run = {
				Arguments: { "--loading": "x".repeat(20_000) },
				ErrorMessage: message,
				Id: "jr_1",
				JobRunState: "FAILED",
			};
			throw new TaskError("States.TaskFailed", JSON.stringify(run).slice(0, 32_768));
		};
		const short = await run({ list: [job("a")], jobs: { a: cause("No space left") } });
		expect(short.notices).toEqual([
			expect.objectContaining({ Message: "Run mine failed: a: States.TaskFailed: No space left " }),
		]);
		const list = Array.from({ length: 50 }, (_, at) => job(`job-${at}`, at < 25 ? [] : [`other-${at}`]));
		const long = await run({
			list,
			jobs: Object.fromEntries(list.map(({ name }) => [name, cause("\u4e16".repeat(30_000))])),
		});
		expect(long.ended).toBe("failed");
		const [notice] = long.notices as { Message: string }[];
		for (const { name } of list) expect(notice?.Message).toContain(`${name}: States.TaskFailed: \u4e16`);
		expect(Buffer.byteLength(notice?.Message ?? "")).toBeLessThan(256 * 1024);
	});

	it("says what failed also where the error has no cause", async () => {
		const timeout = () => {
			throw new TaskError("States.Timeout");
		};
		const { notices } = await run({ list: [job("a")], jobs: { a: timeout } });
		expect(notices).toEqual([expect.objectContaining({ Message: "Run mine failed: a: States.Timeout:  " })]);
	});

	const texts = { "_runs/attention/unsent/mine-process-cdc.txt": "Quarantined: s3://raw/shop/orders/x.parquet" };
	it("sends the bad data that was found before a job failed, after the failure", async () => {
		const { ended, notices } = await run({ texts, jobs: { "star-schema": fails } });
		expect(ended).toBe("failed");
		expect(notices).toEqual([
			expect.objectContaining({ Message: `Run mine failed: ${failedJob("star-schema")}` }),
			expect.objectContaining({ Message: "Quarantined: s3://raw/shop/orders/x.parquet" }),
		]);
	});

	it.each([
		["listObjectsV2", []],
		["getObject", []],
		["deleteObject", [expect.objectContaining({ Message: "Quarantined: s3://raw/shop/orders/x.parquet" })]],
	])("says where bad data is that %s fails for, fails, and keeps it for the next run", async (action, sent) => {
		const calls = { [`aws-sdk:s3:${action}`]: fails };
		const { ended, notices, unsent } = await run({ texts, calls, jobs: { "star-schema": fails } });
		expect(ended).toBe("failed");
		expect(unsent).toEqual(Object.keys(texts));
		expect(notices).toEqual([
			expect.objectContaining({ Message: expect.stringMatching(/^Run mine failed: /) }),
			...sent,
			expect.objectContaining({
				Message: expect.stringMatching(
					/^Run mine could not send .* which is in s3:\/\/lake\/_runs\/attention\/unsent\/: \{/,
				),
			}),
		]);
	});

	it("sends a hundred texts at most, and leaves the rest to the next run", async () => {
		const keys = Array.from({ length: 102 }, (_, at) => `_runs/attention/unsent/${1000 + at}-process-cdc.txt`);
		const many = Object.fromEntries(keys.map((key) => [key, `Quarantined: ${key}`]));
		const { ended, notices, unsent } = await run({ texts: many });
		expect([ended, notices.length, unsent]).toEqual(["done", 100, keys.slice(100)]);
	});

	it("repeats a notice that is not taken, and ends as the run did where it never is", async () => {
		let refusals = 4;
		const throttled = () => {
			if (refusals-- > 0) throw new TaskError("SNS.ThrottledException", "slow down");
		};
		const later = await run({ jobs: { "process-load": fails }, calls: { "sns:publish": throttled } });
		expect(later).toMatchObject({ ended: "failed", notices: [{ TopicArn: "arn:topic" }] });
		const never = await run({ jobs: { "process-load": fails }, calls: { "sns:publish": fails }, texts });
		expect(never).toMatchObject({ ended: "failed", notices: [], unsent: Object.keys(texts) });
	});

	it("takes jobs of whatever names, in one wave or in many, for no state of its own", async () => {
		const own = Object.keys(machine([]).States);
		const names = [...own, "read", "send", "wave-1", "job-read", "n".repeat(60), "m".repeat(60)];
		for (const after of [() => [], (index: number) => names.slice(0, index).slice(-1)]) {
			const { ended, started } = await run({ list: names.map((name, index) => job(name, after(index))) });
			expect(ended).toBe("done");
			expect([...started].sort()).toEqual([...names].sort());
		}
	});
});
