import { expect, it } from "vitest";
import type { JobDefinition } from "../../../etl/definition/jobs.ts";
import { testContext } from "../../../tests/support/context.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import type { JobReport, JobRun, JobState, Stack } from "../../engines/port.ts";
import { runEtl } from "./runEtl.ts";

const context = testContext();

interface Played {
	stack: Stack;
	ran: string[];
	/** Arguments of jobs for their run alone. */
	forRun: Map<string, JobDefinition["forRun"]>;
	closed: () => boolean;
	crawled: () => boolean;
}

/** A stack whose jobs end as scripted; the others succeed with one row. */
function play(ends: Record<string, { state: JobState; rows?: number }> = {}): Played {
	const ran: string[] = [];
	const forRun: Played["forRun"] = new Map();
	let closed = false;
	let crawled = false;
	const stack = {
		name: "test",
		definition: async () => shop,
		models: async () => [],
		replication: async () => ({ ruleChanges: async () => [] }),
		jobs: async () => ({
			open: async () => ({
				runId: "run-1",
				run: async ({ name, forRun: own }: JobDefinition): Promise<JobRun> => {
					ran.push(name);
					if (own !== undefined) forRun.set(name, own);
					const { state, rows = 1 } = ends[name] ?? { state: "succeeded" };
					const report = { job: name, rows_read: rows, rows_written: rows } as JobReport;
					return { job: name, id: name, state, seconds: 1, log: `${name}.log`, report };
				},
				close: async () => {
					closed = true;
				},
			}),
		}),
		crawlers: async () => ({
			crawl: async () => {
				crawled = true;
				return { database: "analytics_pipeline_test", tables: [], removed: [] };
			},
		}),
	};
	return { stack: stack as unknown as Stack, ran, forRun, closed: () => closed, crawled: () => crawled };
}

it("runs all jobs in their order, then crawls", async () => {
	const played = play();
	const result = await runEtl(played.stack, [], context);
	expect(played.ran.slice(0, 3)).toEqual(["process-load", "process-cdc", "apply-changes"]);
	expect(played.ran.slice(3).sort()).toEqual(["build-models", "join-tables", "star-schema"]);
	expect(result.outcome).toBeUndefined();
	expect(result.anythingNew).toBe(true);
	expect(played.crawled()).toBe(true);
	expect(played.closed()).toBe(true);
});

it("gives the jobs that take in files the tables that may become empty, and on AWS those that are not wholly loaded", async () => {
	const played = play();
	await runEtl(played.stack, [], context, { acceptEmpty: ["shop.orders", "shop.items"] });
	const accepted = { accept_empty: "shop.orders,shop.items" };
	expect(Object.fromEntries(played.forRun)).toEqual({ "process-load": accepted, "process-cdc": accepted });
	const states = {
		done: "Table completed",
		going: "Table is being reloaded",
		failed: "Table error",
		first: "Full load",
	};
	const tables = async () => Object.entries(states).map(([table, state]) => ({ schema: "s", table, state }));
	const replication = async () => ({ ruleChanges: async () => [], tables });
	const onAws = play();
	await runEtl({ ...onAws.stack, engine: "aws", replication } as unknown as Stack, [], context);
	const loading = JSON.stringify([
		["s", "s", "s"],
		["going", "failed", "first"],
	]);
	expect(Object.fromEntries(onAws.forRun)).toEqual({ "process-load": { loading }, "process-cdc": { loading } });
	await expect(runEtl(play().stack, [], context, { acceptEmpty: ["orders"] })).rejects.toMatchObject({
		text: { what: '"orders" is not the name of a table.' },
	});
});

it("skips what waits for a failed job, runs the rest, and leaves the catalog alone", async () => {
	const played = play({ "apply-changes": { state: "failed" } });
	const result = await runEtl(played.stack, [], context);
	expect(played.ran).toEqual(["process-load", "process-cdc", "apply-changes"]);
	expect(result.jobs.filter((run) => run.state === "skipped")).toEqual([
		{ job: "build-models", state: "skipped", because: "apply-changes" },
		{ job: "join-tables", state: "skipped", because: "apply-changes" },
		{ job: "star-schema", state: "skipped", because: "apply-changes" },
	]);
	expect(result.outcome).toBe("failure");
	expect(played.crawled()).toBe(false);
	expect(played.closed()).toBe(true);
});

it("builds models without the tables of a failed job that gives them some", async () => {
	const jobs = shop.jobs.map((job) =>
		job.name === "build-models"
			? {
					...job,
					after: [...job.after, "star-schema", "join-tables"],
					inputs: { "star-schema": ["facts", "dim_item"] },
				}
			: job,
	);
	const played = play({ "star-schema": { state: "failed" } });
	Object.assign(played.stack, { definition: async () => ({ ...shop, jobs }) });
	const result = await runEtl(played.stack, [], context);
	expect(played.ran.at(-1)).toBe("build-models");
	expect(played.forRun.get("build-models")).toEqual({ failed_tables: "facts,dim_item" });
	expect(result.outcome).toBe("failure");
	const others = play({ "join-tables": { state: "timeout" } });
	Object.assign(others.stack, { definition: async () => ({ ...shop, jobs }) });
	expect((await runEtl(others.stack, [], context)).jobs).toContainEqual({
		job: "build-models",
		state: "skipped",
		because: "join-tables",
	});
	expect(others.forRun.size).toBe(0);
});

it("skips what waits for a skipped job", async () => {
	const played = play({ "process-load": { state: "failed" } });
	const result = await runEtl(played.stack, [], context);
	expect(played.ran).toEqual(["process-load"]);
	expect(result.jobs.map((run) => run.state)).toEqual([
		"failed",
		"skipped",
		"skipped",
		"skipped",
		"skipped",
		"skipped",
	]);
});

it("continues behind a broken quality rule, and ends with its outcome", async () => {
	const played = play({ "process-cdc": { state: "quality_failed" } });
	const result = await runEtl(played.stack, [], context);
	expect(played.ran).toHaveLength(6);
	expect(result.outcome).toBe("dataQuality");
	expect(played.crawled()).toBe(true);
});

it("runs only the named jobs, in the order of the definition", async () => {
	const played = play();
	await runEtl(played.stack, ["apply-changes", "process-load"], context);
	expect(played.ran).toEqual(["process-load", "apply-changes"]);
});

it("says where nothing was new", async () => {
	const nothing = { state: "succeeded" as const, rows: 0 };
	const played = play({ "process-load": nothing, "process-cdc": nothing });
	expect((await runEtl(played.stack, ["process-load", "process-cdc"], context)).anythingNew).toBe(false);
});

it("refuses an unknown job before anything runs", async () => {
	const played = play();
	await expect(runEtl(played.stack, ["process-lod"], context)).rejects.toMatchObject({
		outcome: "usage",
		text: { what: "There is no job process-lod.", fix: expect.stringContaining("process-load, process-cdc") },
	});
	expect(played.ran).toEqual([]);
});

it("with --select runs the job that builds models alone, and refuses jobs beside it", async () => {
	const played = play();
	const model = {
		name: "revenue",
		file: "models/revenue.sql",
		sql: "SELECT 1",
		key: [],
		rules: [],
		references: [],
		after: [],
	};
	Object.assign(played.stack, { models: async () => [model] });
	await runEtl(played.stack, [], context, { select: ["revenue+"] });
	expect(played.ran).toEqual(["build-models"]);
	await expect(runEtl(played.stack, ["process-load"], context, { select: ["revenue"] })).rejects.toThrow(
		"--select selects models",
	);
	await expect(runEtl(played.stack, [], context, { select: ["nothing"] })).rejects.toThrow(
		"There is no model nothing.",
	);
	expect(played.ran).toEqual(["build-models"]);
});
