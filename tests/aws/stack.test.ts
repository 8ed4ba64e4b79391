import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { commands } from "../../cli/commands.ts";
import { findStack } from "../../cli/stack.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { outputs } from "../support/aws/outputs.ts";
import { runMain, type ScriptedStack } from "../support/aws/scriptedStack.ts";
import { jobs } from "../support/sampleShop.ts";

let aws: ScriptedStack;
let folder: string;
it.beforeEach(({ aws: own, folder: its }) => {
	aws = own;
	folder = its;
});

async function makeLocalStack(): Promise<void> {
	const home = join(folder, "home");
	await mkdir(home, { recursive: true });
	await writeFile(join(home, "stack.json"), "{}");
}

describe("--dry-run", () => {
	const dry = async (...args: string[]) => {
		const { code, document } = await aws.json<{
			dryRun: boolean;
			calls: { service: string; action: string; sent: boolean }[];
		}>(...args, "--dry-run");
		expect(code).toBe(0);
		return document.calls.filter(({ sent }) => !sent).map(({ service, action }) => `${service}:${action}`);
	};
	const changed = () =>
		aws.endpoint.calls.filter(({ action }) => /^(Start|Stop|Test|Execute|BatchExecute|Put|Reload)/.test(action));

	it("replication start: tests, the record of rules and the start are listed, and not made", async () => {
		expect(await dry("replication", "start")).toEqual([
			"dms:TestConnection",
			"dms:TestConnection",
			"s3:PutObject",
			"dms:StartReplicationTask",
		]);
		expect(changed()).toEqual([]);
	});

	it("run-etl: all jobs, the crawl", async () => {
		const calls = await dry("run-etl");
		expect(calls.filter((call) => call === "glue:StartJobRun")).toHaveLength(jobs.length);
		expect(calls).toContain("glue:StartCrawler");
		expect(changed()).toEqual([]);
	});

	it("warehouse apply: every statement", async () => {
		const calls = await dry("warehouse", "apply");
		expect(calls.filter((call) => call === "redshift-data:ExecuteStatement").length).toBeGreaterThan(5);
		expect(calls).toContain("redshift-data:BatchExecuteStatement");
		expect(changed()).toEqual([]);
	});

	it("query: its start", async () => {
		expect(await dry("query", "SELECT 1")).toEqual(["athena:StartQueryExecution"]);
		expect((await aws.run("query", "SELECT 1", "--dry-run")).out).toMatch(
			/^would +athena:StartQuery[\s\S]*\nStack dev\.\n$/,
		);
		expect(changed()).toEqual([]);
	});

	it("export and verify-clicks: their first call that does something", async () => {
		expect(await dry("export", "SELECT 1", "--output", join(folder, "out.csv"))).toEqual([
			"athena:StartQueryExecution",
		]);
		await expect(access(join(folder, "out.csv"))).rejects.toThrow("ENOENT");
		expect(await dry("verify-clicks")).toEqual(["kinesis:PutRecords"]);
		expect(changed()).toEqual([]);
	});

	it("on the stack local is refused", async () => {
		await makeLocalStack();
		process.env.PATH = join(folder, "nothing");
		await expect(
			import("../../cli/engines/plan.ts").then(({ Plan }) =>
				findStack({ plan: new Plan(), signal: new AbortController().signal }),
			),
		).rejects.toMatchObject({ outcome: "usage" });
	});
});

describe("logs and dashboards", () => {
	it("shows the replication's log with its times", async () => {
		aws.logs.lines.set("dms-tasks-dev dms-task-TASKID", ["first", "second"]);
		const { out, err } = await aws.run("logs", "replication", "--lines", "1");
		expect(out).toMatch(/^2026-\d\d-\d\dT[\d:.]+Z second\n$/);
		expect(err).toContain("Full log: dms-tasks-dev dms-task-TASKID");
	});

	it("shows the newest run of a job", async () => {
		aws.logs.lines.set(`${outputs.jobLogGroups.error} jr_1`, ["a line of the driver"]);
		await aws.run("run-etl", "star-schema");
		expect((await aws.run("logs", "star-schema")).out).toBe("a line of the driver\n");
	});

	it("a part without a log: 2, and those that have one", async () => {
		const { code, err } = await aws.run("logs", "coffee");
		expect(code).toBe(2);
		expect(err).toContain("replication, crawler, process-load");
	});

	it("shows the crawler's last crawl from where Glue says that it wrote", async () => {
		const place = { LogGroup: "/aws-glue/crawlers-role/role-configuration", LogStream: "dev" };
		aws.glue.afterCrawl = [{ State: "READY", LastCrawl: { Status: "SUCCEEDED", StartTime: 7, ...place } }];
		aws.logs.lines.set("/aws-glue/crawlers-role/role-configuration dev", ["a line of the crawl"]);
		await aws.run("crawl");
		const { out, err } = await aws.run("logs", "crawler");
		expect(out).toMatch(/Z a line of the crawl\n$/);
		expect(err).toContain("Full log: /aws-glue/crawlers-role/role-configuration dev");
	});

	it("a log that is not there yet is empty", async () => {
		expect(await aws.run("logs", "crawler")).toMatchObject({ code: 0, out: "" });
	});

	it("dashboard url: the address, after asking whether it can be seen", async () => {
		const { document } = await aws.json("dashboard", "url");
		expect(document).toEqual({
			stack: "dev",
			dashboards: { sales: "https://eu-west-1.quicksight.aws.amazon.com/sn/dashboards/dev-sales" },
		});
	});

	it.each([
		["CREATION_FAILED", "is not available: CREATION_FAILED"],
		["UPDATE_FAILED", "is not available"],
		["DELETED", "is not available"],
		["CREATION_IN_PROGRESS", "Wait a minute"],
		["UPDATE_IN_PROGRESS", "Wait a minute"],
		["DAYDREAMING", "unknown state of the dashboard"],
	])("dashboard url: %s", async (status, words) => {
		aws.others.dashboard = { Status: status, Errors: [{ Message: "dataset is gone" }] };
		const { code, err } = await aws.run("dashboard", "url");
		expect(code).toBe(1);
		expect(err).toContain(words);
	});

	it("a stack without dashboards says how to get them", async () => {
		await aws.deploy({ dashboards: null });
		expect((await aws.run("dashboard", "url")).code).toBe(2);
	});
});

it("completion completes every command, from the table that makes the help", async () => {
	const { out } = await runMain(["completion", "bash"]);
	for (const { name } of commands) for (const word of name.split(" ")) expect(out).toContain(word);
});
