import { type JobReport, jobReport } from "../../../etl/contract/report.ts";
import type { JsonKind } from "../../common/jsonFile.ts";

/** How the report of a job is read. */
export function reportFile(job: string): JsonKind<JobReport> {
	return {
		name: `The report of ${job}`,
		schema: jobReport,
		remedy: () => ({
			fix: `See what the job logged (pipeline-cli logs ${job}), and run it again, which writes a new one.`,
			next: `pipeline-cli run-etl ${job}`,
		}),
	};
}
