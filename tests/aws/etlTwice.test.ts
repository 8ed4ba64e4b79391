import { describe, expect } from "vitest";
import { runEtl } from "../../cli/actions/etl/runEtl.ts";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { type EtlDocument, startedJobs, withAllTables } from "../support/aws/etlRuns.ts";
import { type Look, succeeded } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { jobs } from "../support/sampleShop.ts";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = withAllTables(own);
});

const started = () => startedJobs(aws);

describe("a run that is going already", () => {
	const going = (looks: Look[], runId = "20261120-100000-abcd") =>
		aws.glue.add(
			{
				Id: "jr_other",
				JobName: "dev-process-load",
				JobRunState: "RUNNING",
				StartedOn: 1_795_000_050,
				Arguments: { "--run_id": runId },
			},
			looks,
		);

	it("is joined, under its id", async () => {
		going([{ JobRunState: "RUNNING" }, succeeded]);
		const { code, document } = await aws.json<EtlDocument>("run-etl", "process-load", "process-cdc");
		expect(code).toBe(0);
		expect(document.runId).toBe("20261120-100000-abcd");
		expect(document.jobs[0]).toMatchObject({ id: "jr_other", attached: true });
		expect(started()).toEqual(["dev-process-cdc"]);
		expect(aws.endpoint.inputs("glue", "StartJobRun")[0]?.Arguments).toEqual({ "--run_id": "20261120-100000-abcd" });
	});

	it("a job of it that failed is not run again under its id", async () => {
		going([{ JobRunState: "FAILED", ErrorMessage: "boom" }]);
		const { document } = await aws.json<EtlDocument>("run-etl", "process-load");
		expect(document.jobs[0]).toMatchObject({ state: "failed", attached: true });
		expect(started()).toEqual([]);
	});

	it.for<[string, boolean]>([
		["queued", true],
		["refused", false],
	])("two at the same time start one thing, where Glue's second run is %s", async ([, queuing], { context }) => {
		aws.glue.queuing = queuing;
		const port = () => new AwsStack(outputs, { signal: new AbortController().signal });
		const results = await Promise.all([
			runEtl(port(), ["process-load"], context),
			runEtl(port(), ["process-load"], context),
		]);
		expect(results.map(({ outcome }) => outcome)).toEqual([undefined, undefined]);
		const ids = results.map(({ jobs: [first] }) => first !== undefined && "id" in first && first.id);
		expect(ids[0]).toBe(ids[1]);
		const worked = (aws.glue.runs.get("dev-process-load") ?? []).filter((run) => run.JobRunState === "SUCCEEDED");
		expect(worked).toHaveLength(1);
	});
});

describe("two whole runs at the same time", () => {
	it("whoever joins a job of the other's joins all of its run, also jobs that have ended by then", async ({
		context,
	}) => {
		const session = await (await new AwsStack(outputs, { signal: new AbortController().signal }).jobs()).open(context);
		const theirs = { StartedOn: 1_795_000_050, Arguments: { "--run_id": "20261120-100000-abcd" } };
		const add = (name: string, JobRunState: string) =>
			aws.glue.add({ Id: `jr_${name}`, JobName: `dev-${name}`, JobRunState, ...theirs }, [succeeded]);
		add("process-load", "RUNNING");
		add("process-cdc", "SUCCEEDED");
		for (const job of jobs.slice(0, 2)) {
			expect(await session.run(job, context)).toMatchObject({ id: `jr_${job.name}`, attached: true });
		}
		expect(session.runId).toBe("20261120-100000-abcd");
		expect(started()).toEqual([]);
	});

	it("are one, job by job", async ({ context }) => {
		aws.glue.looks = Object.fromEntries(jobs.map(({ name }) => [`dev-${name}`, [succeeded]]));
		const port = () => new AwsStack(outputs, { signal: new AbortController().signal });
		const results = await Promise.all([runEtl(port(), [], context), runEtl(port(), [], context)]);
		expect(results.map(({ outcome }) => outcome)).toEqual([undefined, undefined]);
		expect(results[0]?.runId).toBe(results[1]?.runId);
		for (const { name } of jobs) {
			const runs = aws.glue.runs.get(`dev-${name}`) ?? [];
			expect(
				runs.filter((run) => run.JobRunState === "SUCCEEDED"),
				name,
			).toHaveLength(1);
		}
	});
});
