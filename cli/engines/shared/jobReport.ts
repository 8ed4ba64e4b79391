import { type JobReport, jobReport } from "../../../etl/contract/report.ts";
import type { JsonKind } from "../../common/jsonFile.ts";

/** How the report of a job is read. */
export function reportFile(job: string): JsonKind<JobReport> {
	return {
		name: `The report of ${job}`,
		schema: jobReport,
		remedy: () => ({
			fix: `Check the job's log (pipeline-cli logs ${job}), then run the job again to write a new report.`,
			next: `pipeline-cli run-etl ${job}`,
		}),
	};
}
