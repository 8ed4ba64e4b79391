import { describe, expect, vi } from "vitest";
import { runEtl, startEtl } from "../../cli/actions/etl/runEtl.ts";
import { jobRunStates } from "../../cli/engines/aws/jobs/jobRunStates.ts";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { refuse } from "../support/aws/endpoint.ts";
import { type EtlDocument, startedJobs, withAllTables } from "../support/aws/etlRuns.ts";
import { succeeded } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import { putReport } from "../support/aws/report.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { jobs } from "../support/sampleShop.ts";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = withAllTables(own);
});

const started = () => startedJobs(aws);

describe("run-etl", () => {
	it("runs all jobs in their order under one run id, crawls, and asks every table", async () => {
		const { code, document } = await aws.json<EtlDocument>("run-etl");
		expect(code).toBe(0);
		expect(started().slice(0, 3)).toEqual(["dev-process-load", "dev-process-cdc", "dev-apply-changes"]);
		expect(started().slice(3).sort()).toEqual(["dev-build-models", "dev-join-tables", "dev-star-schema"]);
		const ids = aws.endpoint.inputs("glue", "StartJobRun").map(({ Arguments: given }) => given);
		expect(new Set(ids.map((given) => JSON.stringify(given)))).toEqual(
			new Set([JSON.stringify({ "--run_id": document.runId })]),
		);
		expect(document.jobs.map(({ state }) => state)).toEqual(jobs.map(() => "succeeded"));
		expect(document.silent).toEqual([]);
		expect(aws.endpoint.inputs("athena", "StartQueryExecution")).toHaveLength(aws.glue.tables.length);
	});

	it("shows what the jobs reported, DPU-hours and the price", async () => {
		aws.glue.onStart = (run) => {
			const found = { rows_read: 1234, rows_written: 1200 };
			putReport(aws.s3, run, found);
		};
		const { code, out } = await aws.run("run-etl", "process-load");
		expect(code).toBe(0);
		// 124 DPU-seconds are 0.034 DPU-hours, at $0.44 about 2 cents.
		expect(out).toMatch(/process-load\s+succeeded\s+1 min 2 s\s+1,234\s+1,200\s+0\.034/);
		expect(out).toContain("About $0.02");
	});

	it.each(Object.entries(jobRunStates).filter(([, meaning]) => meaning !== "going"))(
		"%s is %s",
		async (state, meaning) => {
			aws.glue.looks["dev-process-load"] = [
				{ JobRunState: "RUNNING" },
				{ JobRunState: state, ErrorMessage: "by script", ExecutionTime: 5 },
			];
			const { code, document } = await aws.json<EtlDocument>("run-etl", "process-load");
			expect(document.jobs[0]?.state).toBe(meaning);
			expect(code).toBe({ succeeded: 0, failed: 1, stopped: 1, timeout: 9 }[meaning as string]);
		},
	);

	it.for(Object.entries(jobRunStates).filter(([, meaning]) => meaning === "going"))(
		"%s is waited for, and shown",
		async ([state], { context }) => {
			aws.glue.looks["dev-process-load"] = [{ JobRunState: state }, succeeded];
			const result = await runEtl(new AwsStack(outputs, { signal: context.signal }), ["process-load"], context);
			expect(result.jobs[0]?.state).toBe("succeeded");
			expect(context.shown).toContain(state.toLowerCase());
		},
	);

	it("a state that nobody documented is an error that names it", async () => {
		aws.glue.looks["dev-process-load"] = [{ JobRunState: "NAPPING" }];
		const { code, err } = await aws.run("run-etl", "process-load");
		expect(code).toBe(1);
		expect(err).toContain("unknown state of the job run: NAPPING");
	});

	it("a failed job: class, message, last lines of its driver, link; what waits for it is skipped", async () => {
		aws.glue.looks["dev-process-cdc"] = [
			{
				JobRunState: "FAILED",
				ErrorMessage: "Error Category: UNCLASSIFIED_ERROR; java.lang.OutOfMemoryError: Java heap space",
				ExecutionTime: 30,
			},
		];
		aws.logs.lines.set(`${outputs.jobLogGroups.error} jr_2`, ["line one", "py4j.protocol.Py4JJavaError: boom"]);
		const { code, document, err } = await aws.json<EtlDocument>("run-etl");
		expect(code).toBe(1);
		expect(document.jobs.map(({ job, state }) => [job, state])).toEqual([
			["process-load", "succeeded"],
			["process-cdc", "failed"],
			["apply-changes", "skipped"],
			["build-models", "skipped"],
			["join-tables", "skipped"],
			["star-schema", "skipped"],
		]);
		const failed = document.jobs[1];
		expect(failed?.fault?.kind).toBe("out of memory");
		expect(failed?.logTail).toEqual(["line one", "py4j.protocol.Py4JJavaError: boom"]);
		expect(failed).toMatchObject({ log: expect.stringContaining("gluestudio") });
		expect(aws.endpoint.inputs("glue", "StartCrawler")).toEqual([]);
		expect(err).not.toContain("   at ");
	});

	it("bad data is not a failed job: 11, by the job's own report", async () => {
		aws.glue.looks["dev-process-load"] = [{ JobRunState: "FAILED", ErrorMessage: "SystemExit: 11", ExecutionTime: 9 }];
		aws.glue.onStart = (run) => {
			putReport(aws.s3, run, {
				state: "quality_failed",
				rows_read: 5,
				rows_written: 4,
				set_aside: [{ uri: "s3://dev-raw/x.parquet", reason: "cut short" }],
			});
		};
		const { code, out } = await aws.run("run-etl", "process-load");
		expect(code).toBe(11);
		expect(out).toContain("s3://dev-raw/x.parquet: cut short");
	});

	it("is in the history of runs, with what its jobs reported", async () => {
		aws.glue.onStart = (run) => putReport(aws.s3, run, { rows_read: 1234, rows_written: 1200 });
		const { document } = await aws.json<EtlDocument>("run-etl", "process-load");
		const { document: listed } = await aws.json<{ runs: object[] }>("runs", "list", "--limit", "1");
		expect(listed.runs).toEqual([
			expect.objectContaining({ runId: document.runId, state: "succeeded", rowsWritten: 1200, seconds: 1 }),
		]);
		const { code, out } = await aws.run("runs", "show", document.runId);
		expect(code).toBe(0);
		expect(out).toMatch(/process-load\s+succeeded\s+1\.0 s\s+1,234\s+1,200/);
	});

	it("--from leaves out what comes before", async () => {
		expect((await aws.run("run-etl", "--from", "join-tables")).code).toBe(0);
		expect(started()).toEqual(["dev-join-tables"]);
	});

	it("--only runs one", async () => {
		expect((await aws.run("run-etl", "--only", "star-schema")).code).toBe(0);
		expect(started()).toEqual(["dev-star-schema"]);
	});

	it("--no-wait has the state machine run them, and joins the one that runs", async () => {
		const first = await aws.json<{ runId: string; joined: boolean; stop: string }>("run-etl", "--no-wait");
		expect(first.code).toBe(0);
		expect(first.document.joined).toBe(false);
		expect(first.document.stop).toContain("stop-execution");
		const second = await aws.json<{ runId: string; joined: boolean }>("run-etl", "--no-wait");
		expect(second.document).toMatchObject({ runId: first.document.runId, joined: true });
		expect(aws.endpoint.inputs("states", "StartExecution")).toHaveLength(1);
		expect(started()).toEqual([]);
	});

	it("--no-wait twice at the same time starts one execution", async ({ context }) => {
		aws.others.listsLate = true;
		vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-20T13:15:02Z") });
		try {
			const start = () => startEtl(new AwsStack(outputs, { signal: new AbortController().signal }), [], context);
			const [first, second] = await Promise.all([start(), start()]);
			expect(first).toMatchObject({ runId: "20261120-131500-all" });
			expect(second).toEqual(first);
			expect(aws.others.executions).toHaveLength(1);
			// Once it has ended, the same minute may have another.
			Object.assign(aws.others.executions[0] ?? {}, { ended: true });
			expect((await start()).runId).toMatch(/^20261120-131502-[0-9a-f]{4}$/);
		} finally {
			vi.useRealTimers();
		}
	});

	it.each([
		[["--only", "star-schema"], ["star-schema"]],
		[
			["--only", "star-schema", "--only", "join-tables"],
			["join-tables", "star-schema"],
		],
		[["--from", "join-tables"], ["join-tables"]],
	])("--no-wait %j starts these jobs and waits for nothing", async (args, names) => {
		const { code, out } = await aws.run("run-etl", "--no-wait", ...args);
		expect(code).toBe(0);
		expect(started().sort()).toEqual(names.map((name) => `dev-${name}`));
		expect(aws.endpoint.inputs("glue", "GetJobRun")).toEqual([]);
		expect(aws.endpoint.inputs("states", "StartExecution")).toEqual([]);
		expect(out).toContain(`started: ${names.join(", ")}.`);
		for (const name of names) expect(out).toMatch(new RegExp(`batch-stop-job-run .* --job-name dev-${name} `));
		// Again, it joins what goes.
		expect((await aws.json("run-etl", "--no-wait", ...args)).document).toMatchObject({ joined: true });
		expect(started()).toHaveLength(names.length);
	});

	it.each([[["--from", "apply-changes"]], [["process-load", "process-cdc"]]])(
		"--no-wait %j is refused: nobody would keep the order",
		async (args) => {
			const { code, err } = await aws.run("run-etl", "--no-wait", ...args);
			expect(code).toBe(2);
			expect(err).toContain("depend on each other");
			expect(aws.endpoint.calls.filter(({ action }) => action !== "GetObject")).toEqual([]);
		},
	);

	it("--no-wait --dry-run lists the starts", async () => {
		const { document } = await aws.json<{ calls: { action: string; sent: boolean }[] }>(
			...["run-etl", "--no-wait", "--only", "star-schema", "--dry-run"],
		);
		expect(document.calls.filter(({ sent }) => !sent).map(({ action }) => action)).toEqual(["StartJobRun"]);
	});

	it("--from and names that leave no job are refused", async () => {
		const { code, err } = await aws.run("run-etl", "process-load", "--from", "join-tables");
		expect(code).toBe(2);
		expect(err).toContain("No job to run");
		expect(aws.endpoint.calls).toEqual([]);
	});

	it("a job that ran out of its time leaves the catalog alone, as a failed one", async () => {
		aws.glue.looks["dev-process-load"] = [{ JobRunState: "TIMEOUT", ExecutionTime: 5 }];
		expect((await aws.run("run-etl", "process-load")).code).toBe(9);
		expect(aws.endpoint.inputs("glue", "StartCrawler")).toEqual([]);
	});

	it("a run that is not visible yet after its start is waited for", async () => {
		const late = refuse("EntityNotFoundException", "Job run not found");
		aws.endpoint.fault("glue", "GetJobRun", late, late);
		const { code, document } = await aws.json<EtlDocument>("run-etl", "process-load");
		expect(code).toBe(0);
		expect(document.jobs[0]?.state).toBe("succeeded");
	});

	it("a start whose answer got lost starts one thing all the same", async () => {
		aws.glue.dropAnswer = true;
		const { code, document } = await aws.json<EtlDocument>("run-etl", "process-load");
		expect(code).toBe(0);
		expect(document.jobs[0]).toMatchObject({ id: "jr_1", state: "succeeded" });
		expect((aws.glue.runs.get("dev-process-load") ?? []).map((run) => run.JobRunState).sort()).toEqual([
			"STOPPED",
			"SUCCEEDED",
		]);
	});

	it("a table that does not answer fails the run and is named", async () => {
		aws.athena.answer = (sql) =>
			sql.includes('"orders"')
				? { State: "FAILED", StateChangeReason: "HIVE_BAD_DATA: file is cut short" }
				: { columns: [["_col0", "integer"]], rows: [["1"]] };
		const { code, document } = await aws.json<EtlDocument>("run-etl");
		expect(code).toBe(1);
		expect(document.silent).toEqual([{ table: "orders", reason: "HIVE_BAD_DATA: file is cut short" }]);
	});

	it("a table that a job reported and that is missing in the catalog fails the run and is named", async () => {
		const table = { rows_read: 1, rows_written: 1, note: null };
		const tables = ["wp_comments", "wp_terms"].map((name) => ({ schema: "wordpress-db", table: name, ...table }));
		aws.glue.onStart = (run) => putReport(aws.s3, run, run.JobName === "dev-apply-changes" ? { tables } : {});
		aws.glue.tables = aws.glue.tables.slice(1);
		const { code, document } = await aws.json<EtlDocument>("run-etl");
		expect(code).toBe(1);
		expect(document.silent).toEqual([{ table: "wp_comments", reason: "it is not in the catalog" }]);
	});

	it("a table that the source does not have is not missed", async () => {
		aws.glue.tables = aws.glue.tables.slice(10);
		const { code, document } = await aws.json<EtlDocument>("run-etl");
		expect(code).toBe(0);
		expect(document.silent).toEqual([]);
	});

	it("a job that the deployment does not have: says to deploy", async () => {
		await aws.deploy({ jobs: { "process-load": "dev-process-load" } });
		const { code, err } = await aws.run("run-etl");
		expect(code).toBe(2);
		expect(err).toContain("pulumi up --stack dev");
	});

	it("a run that never ends ends at the timeout with 9, and says how to come back and how to stop it", async () => {
		aws.glue.looks["dev-process-load"] = [{ JobRunState: "RUNNING" }];
		const { code, err } = await aws.run("run-etl", "process-load", "--timeout", "5s");
		expect(code).toBe(9);
		expect(err).toContain("Glue job dev-process-load, run jr_1.");
		expect(err).toContain(
			"aws glue batch-stop-job-run --region eu-west-1 --job-name dev-process-load --job-run-ids jr_1",
		);
		expect(err).toContain("next: pipeline-cli run-etl");
	});
});
