import { describe, expect } from "vitest";
import { taskStates } from "../../cli/engines/aws/replication/taskStates.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { loaded, running, type Task } from "../support/aws/dms.ts";
import { refuse } from "../support/aws/endpoint.ts";
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

describe("replication start, by the state in which the task is", () => {
	const cases: [state: string, before: Task, start: string | undefined, outcome: string][] = [
		["ready", { Status: "ready" }, "start-replication", "started"],
		["stopped", stopped("NORMAL"), "resume-processing", "resumed"],
		[
			"failed",
			{ Status: "failed", ReplicationTaskStartDate: startDate, LastFailureMessage: "gone" },
			"resume-processing",
			"resumed",
		],
		["failed before its first start", { Status: "failed" }, "start-replication", "started"],
		["running", running, undefined, "already running"],
	];
	it.each(cases)("%s", async (_, before, start, outcome) => {
		aws.dms.task = before;
		if (before.ReplicationTaskStartDate !== undefined) {
			aws.dms.afterStart = [{ ...running, ReplicationTaskStartDate: startDate + 60 }];
		}
		const { code, document } = await aws.json("replication", "start");
		expect(code).toBe(0);
		expect(document).toMatchObject({
			outcome,
			status: { state: "running", text: "Load complete, replication ongoing" },
		});
		expect(starts()).toEqual(start === undefined ? [] : [start]);
		expect(aws.endpoint.inputs("dms", "TestConnection")).toHaveLength(start === undefined ? 0 : 2);
	});

	it("starting: follows it to its end and starts nothing", async () => {
		aws.dms.task = { Status: "starting", ReplicationTaskStartDate: startDate };
		setTimeout(() => {
			aws.dms.task = running;
		}, 300);
		expect((await aws.json("replication", "start")).document).toMatchObject({ outcome: "already running" });
		expect(starts()).toEqual([]);
	});

	it.each(["creating", "modifying", "testing", "moving", "stopping"])("%s: waits until it is over", async (state) => {
		aws.dms.task = { Status: state };
		setTimeout(() => {
			aws.dms.task = { Status: "ready" };
		}, 300);
		expect((await aws.run("replication", "start")).code).toBe(0);
		expect(starts()).toEqual(["start-replication"]);
	});

	it.each(["deleting", "failed-move"])("%s: gives up and says so", async (state) => {
		aws.dms.task = { Status: state };
		const { code, document } = await aws.json("replication", "start");
		expect(code).toBe(1);
		expect(document).toMatchObject({ error: { what: `The replication task is ${state} and cannot be started.` } });
		expect(starts()).toEqual([]);
	});

	it("has a test for every documented state", () => {
		const tested = ["ready", "stopped", "failed", "running", "starting", "creating", "modifying", "testing", "moving"];
		expect([...tested, "stopping", "deleting", "failed-move"].sort()).toEqual(Object.keys(taskStates).sort());
	});

	it("a state that nobody documented is an error that names it", async () => {
		aws.dms.task = { Status: "hibernating" };
		const { code, err } = await aws.run("replication", "start");
		expect(code).toBe(1);
		expect(err).toContain("unknown state of the replication task: hibernating");
	});
});

describe("replication start, by what comes after the start", () => {
	it("shows how far the full load is, and ends when changes are followed", async () => {
		const { code, err } = await aws.run("replication", "start");
		expect(code).toBe(0);
		expect(err).toMatch(/Full load 100 %, 23 tables loaded/);
	});

	it("does not take the state before the start for its outcome", async () => {
		aws.dms.task = stopped("FATAL_ERROR");
		aws.dms.afterStart = [
			stopped("FATAL_ERROR"),
			stopped("FATAL_ERROR"),
			{ ...running, ReplicationTaskStartDate: startDate + 9 },
		];
		expect((await aws.run("replication", "start")).code).toBe(0);
	});

	it("failed: shows the last failure message and the log lines that explain it", async () => {
		aws.dms.afterStart = [
			{ Status: "starting" },
			{
				Status: "failed",
				StopReason: "Stop Reason FATAL_ERROR",
				LastFailureMessage: "Last Error: Binary logging must be enabled",
				ReplicationTaskStartDate: startDate,
			},
		];
		aws.logs.lines.set("dms-tasks-dev dms-task-TASKID", [
			"2026-11-20T10:00:00 [TASK_MANAGER    ]I:  Task started",
			"2026-11-20T10:00:01 [SOURCE_CAPTURE  ]E:  Binary logging must be enabled for MySQL [1020418]",
		]);
		const { code, document } = await aws.json<{ error: { what: string; why: string } }>("replication", "start");
		expect(code).toBe(1);
		expect(document.error.what).toBe("The replication task is failed.");
		expect(document.error.why).toContain("Last Error: Binary logging must be enabled");
		expect(document.error.why).toContain("FATAL_ERROR: a fatal error");
		expect(document.error.why).toContain("[SOURCE_CAPTURE  ]E:");
		expect(document.error.why).not.toContain("Task started");
	});

	it.each([
		["NORMAL", "stopped by a user"],
		["RECOVERABLE_ERROR", "persisted after DMS retried"],
		["FATAL_ERROR", "a fatal error"],
		["FULL_LOAD_ONLY_FINISHED", "configured for a full load only"],
		["STOPPED_AFTER_FULL_LOAD", "configured to stop there"],
		["STOPPED_AFTER_CACHED_EVENTS", "changes made during it"],
		["STOPPED_DUE_TO_LOW_MEMORY", "out of memory"],
		["STOPPED_DUE_TO_LOW_DISK", "out of disk"],
		["EXPRESS_LICENSE_LIMITS_REACHED", "licence"],
		["STOPPED_AFTER_DDL_APPLY", "schema change"],
		["STOPPED_AT_SERVER_TIME", "server time"],
		["STOPPED_AT_COMMIT_TIME", "commit time"],
		["RECONFIGURATION_RESTART", "reconfigured"],
		["RECYCLE_TASK", "DMS restarts the task"],
		["NEW_REASON", "an unknown reason"],
	])("stopped by %s: fails, and says what that means", async (reason, words) => {
		aws.dms.afterStart = [stopped(reason)];
		const { code, err } = await aws.run("replication", "start");
		expect(code).toBe(1);
		expect(err).toContain("The replication task is stopped.");
		expect(err).not.toContain("Still running on AWS");
		expect(err).toContain(`Stop reason ${reason}: `);
		expect(err).toContain(words);
	});

	it("says that tables have errors, with which the progress may stay below 100", async () => {
		const stats = { ...loaded, TablesErrored: 2, FullLoadProgressPercent: 91 };
		aws.dms.afterStart = [{ ...running, ReplicationTaskStats: stats }];
		expect((await aws.run("replication", "start")).err).toContain("2 tables have errors");
	});

	it("a full load that never ends ends at the timeout, with 9, and says what continues", async () => {
		aws.dms.afterStart = [{ ...running, ReplicationTaskStats: { ...loaded, FullLoadProgressPercent: 10 } }];
		const { code, err } = await aws.run("replication", "start", "--timeout", "1.5s");
		expect(code).toBe(9);
		expect(err).toContain("Still running on AWS:");
		expect(err).toContain("pipeline-cli replication stop");
	});
});

describe("connection tests before the start", () => {
	const starting = () => aws.json<{ error: { what: string; why?: string } }>("replication", "start");

	it.each(["source", "target"] as const)("%s failed: its message, and no start", async (end) => {
		aws.dms.connections[end] = [
			{ Status: "testing" },
			{ Status: "failed", LastFailureMessage: "Cannot connect to ODBC" },
		];
		const { code, document } = await starting();
		expect(code).toBe(1);
		expect(document.error).toMatchObject({
			what: `The replication instance cannot connect to the ${end}.`,
			why: "Cannot connect to ODBC",
		});
		expect(starts()).toEqual([]);
	});

	it("source failed that is a server of ours: where its start script logged, and how to run it again", async () => {
		await aws.deploy({ source: { ...outputs.source, kind: "ec2" } });
		aws.dms.connections.source = [{ Status: "testing" }, { Status: "failed" }];
		const { err } = await aws.run("replication", "start");
		expect(err).toContain("/var/log/cloud-init-output.log");
		expect(err).toContain("pulumi up --replace");
	});

	it("deleting: says so", async () => {
		aws.dms.connections.source = [{ Status: "deleting" }];
		expect((await starting()).document.error.why).toContain("being deleted");
	});

	it("a state that nobody documented is an error that names it", async () => {
		aws.dms.connections.source = [{ Status: "dreaming" }];
		const { code, document } = await starting();
		expect(code).toBe(1);
		expect(document.error.why).toContain("dreaming");
	});

	it("a result that is not visible yet is waited for", async () => {
		aws.endpoint.fault("dms", "DescribeConnections", refuse("ResourceNotFoundFault", "no connections found"));
		expect((await starting()).code).toBe(0);
	});

	it("an old failure that is still shown does not count", async () => {
		aws.dms.connections.source = [{ Status: "failed" }, { Status: "testing" }, { Status: "successful" }];
		expect((await starting()).code).toBe(0);
	});

	it("a test that somebody else began is joined", async () => {
		aws.dms.beTested("source");
		expect((await starting()).code).toBe(0);
		expect(aws.dms.accepted).toBe(1);
	});

	it("one that never ends ends at the timeout", async () => {
		aws.dms.connections.target = [{ Status: "testing" }];
		const { code } = await aws.run("replication", "start", "--timeout", "1s");
		expect(code).toBe(9);
		expect(starts()).toEqual([]);
	});
});
