import { describe, expect } from "vitest";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { running, type Task } from "../support/aws/dms.ts";
import { faults } from "../support/aws/endpoint.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = own;
});

const starts = () => aws.endpoint.inputs("dms", "StartReplicationTask").map((input) => input.StartReplicationTaskType);
const startDate = 1_795_000_000;
const stopped = (reason: string): Task => ({
	Status: "stopped",
	StopReason: `Stop Reason ${reason}`,
	ReplicationTaskStartDate: startDate,
});

describe("running it twice", () => {
	it("one after the other starts once", async () => {
		expect((await aws.run("replication", "start")).code).toBe(0);
		expect((await aws.json("replication", "start")).document).toMatchObject({ outcome: "already running" });
		expect(starts()).toHaveLength(1);
	});

	it("two at the same time start one thing, and both end well", async ({ context }) => {
		aws.dms.connections.source = [{ Status: "successful" }];
		const port = () => new AwsStack(outputs, { signal: new AbortController().signal }).replication();
		const results = await Promise.all([(await port()).start(context), (await port()).start(context)]);
		expect(results.sort()).toEqual(["already running", "started"]);
		expect(aws.dms.accepted).toBe(1);
		expect(aws.dms.task.Status).toBe("running");
	});

	it("stop twice stops once", async () => {
		aws.dms.task = running;
		expect((await aws.json("replication", "stop")).document).toEqual({ stack: "dev", outcome: "stopped" });
		expect((await aws.json("replication", "stop")).document).toEqual({ stack: "dev", outcome: "not running" });
		expect(aws.endpoint.inputs("dms", "StopReplicationTask")).toHaveLength(1);
	});
});

describe("two at the same time", () => {
	it("stop twice at the same time stops once, and both end well", async ({ context }) => {
		aws.dms.task = running;
		const port = () => new AwsStack(outputs, { signal: new AbortController().signal }).replication();
		const results = await Promise.all([(await port()).stop(context), (await port()).stop(context)]);
		expect(results).toEqual(["stopped", "stopped"]);
		expect(aws.dms.task.Status).toBe("stopped");
	});
});

describe("replication start --reload", () => {
	it("a stopped task reloads all tables", async () => {
		aws.dms.task = stopped("NORMAL");
		aws.dms.afterStart = [{ ...running, ReplicationTaskStartDate: startDate + 60 }];
		expect((await aws.run("replication", "start", "--reload")).code).toBe(0);
		expect(starts()).toEqual(["reload-target"]);
	});

	it("a running task is stopped first", async () => {
		aws.dms.task = running;
		aws.dms.afterStart = [{ ...running, ReplicationTaskStartDate: startDate + 60 }];
		expect((await aws.run("replication", "start", "--reload")).code).toBe(0);
		expect(aws.endpoint.inputs("dms", "StopReplicationTask")).toHaveLength(1);
		// The state before was "running"; once stopped, only a reload may start it.
		expect(starts()).toEqual(["reload-target"]);
	});

	it("fails where tables were left out, and names them", async () => {
		aws.dms.task = stopped("NORMAL");
		aws.dms.afterStart = [{ ...running, ReplicationTaskStartDate: startDate + 60 }];
		aws.dms.tables = ["Table completed", "Table error"].map((TableState, index) => ({
			...{ SchemaName: "wordpress-db", TableName: `t${index}`, TableState },
			...{ Inserts: 0, FullLoadRows: 1, LastUpdateTime: startDate + 70 },
		}));
		const { code, err } = await aws.run("replication", "start", "--reload");
		expect(code).toBe(1);
		expect(err).toContain("wordpress-db.t1 could not be loaded.");
		expect(err).toContain("next: pipeline-cli replication reload wordpress-db.t1\n");
	});
});

describe("replication tables and reload", () => {
	const table = (name: string) => ({
		SchemaName: "wordpress-db",
		TableName: name,
		TableState: "Table completed",
		Inserts: 4,
		FullLoadRows: 15,
		LastUpdateTime: 1_795_000_000,
	});

	it("reads all pages of the statistics", async () => {
		aws.dms.tables = Array.from({ length: 250 }, (_, index) => table(`t${String(index).padStart(3, "0")}`));
		const { document } = await aws.json<{ tables: { table: string; inserts: number }[] }>("replication", "tables");
		expect(document.tables).toHaveLength(250);
		expect(document.tables[249]).toMatchObject({ table: "t249", inserts: 4 });
		expect(aws.endpoint.inputs("dms", "DescribeTableStatistics")).toHaveLength(3);
	});

	it("reloads one table and waits until it is there", async () => {
		aws.dms.task = running;
		aws.dms.tables = [table("wp_terms"), table("wp_posts")];
		expect((await aws.run("replication", "reload", "wordpress-db.wp_terms")).code).toBe(0);
		expect(aws.endpoint.inputs("dms", "ReloadTables")[0]).toMatchObject({
			TablesToReload: [{ SchemaName: "wordpress-db", TableName: "wp_terms" }],
		});
	});

	it("a table that is being reloaded already is waited for, and not reloaded once more", async () => {
		aws.dms.task = running;
		const reloading = { ...table("wp_terms"), TableState: "Table is being reloaded" };
		aws.dms.tables = [reloading, table("wp_posts")];
		setTimeout(() => Object.assign(reloading, table("wp_terms"), { LastUpdateTime: 1_795_000_120 }), 300);
		expect((await aws.run("replication", "reload", "wordpress-db.wp_terms", "wordpress-db.wp_posts")).code).toBe(0);
		expect(aws.endpoint.inputs("dms", "ReloadTables")).toMatchObject([{ TablesToReload: [{ TableName: "wp_posts" }] }]);
	});

	it("a table that fails to load is an error", async () => {
		aws.dms.task = running;
		aws.dms.tables = [{ ...table("wp_terms"), TableState: "Table error" }];
		const { code, err } = await aws.run("replication", "reload", "wordpress-db.wp_terms");
		expect(code).toBe(1);
		expect(err).toContain("wordpress-db.wp_terms could not be reloaded: Table error");
	});

	it("refuses while the task does not run", async () => {
		aws.dms.task = stopped("NORMAL");
		aws.dms.tables = [table("wp_terms")];
		const { code, err } = await aws.run("replication", "reload", "wordpress-db.wp_terms");
		expect(code).toBe(1);
		expect(err).toContain("pipeline-cli replication start");
	});
});

describe("status", () => {
	it.beforeEach(() => {
		aws.others.secret = { username: "dms", password: "pw", host: "127.0.0.1", port: 1 };
	});

	it.each(["FATAL_ERROR", "STOPPED_DUE_TO_LOW_DISK", "A_NEW_ONE"])(
		"a task that stopped by itself (%s) is a part that should run: 1, with the reason",
		async (reason) => {
			aws.dms.task = { ...running, Status: "stopped", StopReason: `Stop Reason ${reason}` };
			const { code, out } = await aws.run("status");
			expect(out).toContain(`Replication stopped unexpectedly, so no new changes reach the lake. ${reason}: `);
			expect(code).toBe(1);
			const { document } = await aws.json("replication", "status");
			expect(document).toMatchObject({ state: "stopped", unwanted: true });
		},
	);

	it.each([
		["stopped", "Stop Reason NORMAL", 0],
		["stopped", undefined, 0],
		["ready", undefined, 0],
		["modifying", "Stop Reason FATAL_ERROR", 0],
		["failed-move", undefined, 1],
	])("a task that is %s (%s): %i", async (Status, StopReason, expected) => {
		aws.dms.task = { ...running, Status, ...(StopReason === undefined ? {} : { StopReason }) };
		expect((await aws.run("status")).code).toBe(expected);
	});
});

describe("replication status: the latency", () => {
	it.beforeEach(() => {
		aws.dms.task = running;
	});

	it("is the newest that DMS reported to CloudWatch, of this task on this instance", async () => {
		aws.metrics.values = { CDCLatencySource: 3, CDCLatencyTarget: 12 };
		expect((await aws.run("replication", "status")).out).toMatch(
			/^Latency +12\.0 s, read at the source after 3\.0 s$/m,
		);
		expect((await aws.json("replication", "status")).document).toMatchObject({ latencySeconds: 12, captureSeconds: 3 });
		const [asked] = aws.endpoint.inputs("monitoring", "GetMetricData");
		expect(JSON.stringify(asked)).toContain(
			JSON.stringify([
				{ Name: "ReplicationInstanceIdentifier", Value: "dev-replication" },
				{ Name: "ReplicationTaskIdentifier", Value: "TASKID" },
			]),
		);
		expect((await aws.run("status")).out).toContain("newest change after 12 s");
	});

	it("is left out where DMS reported none, and where the task does not run", async () => {
		expect((await aws.json("replication", "status")).document).not.toHaveProperty("latencySeconds");
		aws.dms.task = stopped("NORMAL");
		aws.endpoint.calls.length = 0;
		expect((await aws.run("replication", "status")).out).not.toContain("Latency");
		expect(aws.endpoint.inputs("monitoring", "GetMetricData")).toEqual([]);
	});

	it("says why where it may not be asked; the state is shown all the same", async () => {
		aws.endpoint.on("monitoring", "GetMetricData", () => faults.denied("cloudwatch:GetMetricData", "*"));
		const { code, out } = await aws.run("replication", "status");
		expect(code).toBe(0);
		expect(out).toMatch(/^State +Load complete, replication ongoing$/m);
		expect(out).toMatch(/^Latency +Access denied: cloudwatch:GetMetricData on \*\.$/m);
	});
});

it("batch options belong to the deployment", async () => {
	const { code, err } = await aws.run("replication", "start", "--batch-interval", "5");
	expect(code).toBe(2);
	expect(err).toContain("set by the deployment");
	expect(aws.endpoint.calls).toEqual([]);
});

it("a task that was deleted by hand: says to deploy again", async () => {
	aws.endpoint.fault("dms", "DescribeReplicationTasks", {
		status: 400,
		body: JSON.stringify({ __type: "ResourceNotFoundFault", message: "No tasks found" }),
	});
	const { code, err } = await aws.run("replication", "status");
	expect(code).toBe(4);
	expect(err).toContain("pulumi up --refresh");
});

it("a slow answer is waited for", async () => {
	aws.dms.task = running;
	aws.endpoint.on("dms", "DescribeReplicationTasks", () =>
		faults.slow(
			{
				status: 200,
				body: JSON.stringify({ ReplicationTasks: [{ ReplicationTaskArn: outputs.replication.taskArn, ...running }] }),
			},
			700,
		),
	);
	expect((await aws.json("replication", "status")).document).toMatchObject({ state: "running" });
});
