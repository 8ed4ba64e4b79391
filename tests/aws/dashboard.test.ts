import { describe, expect } from "vitest";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { byHandRunId } from "../../etl/contract/runId.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { parquetTable, type Run } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import { putReport } from "../support/aws/report.ts";

/** What the dashboard page asks of a stack on AWS besides queries. */
describe("for the dashboard", () => {
	const stack = () => new AwsStack(outputs, { signal: new AbortController().signal });

	it("runs come newest first, with what their jobs reported; those by hand are left out", async ({ aws }) => {
		const add = (job: string, runId: string, StartedOn: number, JobRunState: string): Run => {
			const run = {
				Id: `${runId}-${job}`,
				JobName: `dev-${job}`,
				JobRunState,
				StartedOn,
				Arguments: { "--run_id": runId },
			};
			aws.glue.add(run, []);
			return run;
		};
		putReport(aws.s3, add("process-load", "old", 1_795_000_000, "SUCCEEDED"), { rows_written: 7 });
		add("process-load", byHandRunId, 1_795_000_050, "SUCCEEDED");
		add("apply-changes", "old", 1_795_000_100, "FAILED");
		putReport(aws.s3, add("process-load", "new", 1_795_001_000, "SUCCEEDED"));
		add("apply-changes", "new", 1_795_001_100, "RUNNING");
		const runs = await (await stack().jobs()).runs(5);
		expect(runs.map(({ runId, running }) => [runId, running])).toEqual([
			["new", true],
			["old", false],
		]);
		expect(runs[0]?.jobs.map(({ job, state }) => [job, state])).toEqual([["process-load", "succeeded"]]);
		// A job that died before it could write one has no report.
		expect(runs[1]?.jobs.map(({ job, state, report }) => [job, state, report?.rows_written])).toEqual([
			["apply-changes", "failed", undefined],
			["process-load", "succeeded", 7],
		]);
		expect(await (await stack().jobs()).runs(1)).toHaveLength(1);
	});

	it("tables come with their places, so that their files can be found", async ({ aws }) => {
		aws.glue.tables = [parquetTable("orders")];
		expect(await (await stack().crawlers()).registered()).toEqual({
			database: outputs.catalog.database,
			tables: [{ name: "orders", format: "parquet", location: `s3://${outputs.buckets.processed}/orders/` }],
		});
	});
});
