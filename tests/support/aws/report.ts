import { lake } from "../../../etl/contract/contract.ts";
import { type JobReport, jobReport } from "../../../etl/contract/report.ts";
import { byHandRunId } from "../../../etl/contract/runId.ts";
import type { Run } from "./glue.ts";
import { outputs } from "./outputs.ts";
import type { S3Script } from "./s3.ts";

/** Writes the report of a job's run, as the job itself does. */
export function putReport(s3: S3Script, run: Run, found: Partial<JobReport> = {}): void {
	const job = run.JobName.replace("dev-", "");
	const runId = run.Arguments["--run_id"] ?? byHandRunId;
	const report = jobReport.parse({
		job,
		run_id: runId,
		state: "succeeded",
		started_at: "2026-11-20T13:15:02.000Z",
		finished_at: "2026-11-20T13:15:03.000Z",
		rows_read: 0,
		rows_written: 0,
		tables: [],
		set_aside: [],
		quality: [],
		error: null,
		...found,
	});
	s3.put(outputs.buckets.processed, lake.report(runId, job), JSON.stringify(report));
}
