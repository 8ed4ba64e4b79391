import { changeLogName, lake } from "../../../etl/contract/contract.ts";
import type { Dataset } from "../../../etl/contract/datasets.ts";
import type { JobReport } from "../../../etl/contract/report.ts";
import { currentName } from "../currentName.ts";

/** Of a run's jobs, what is looked at here; a job that was skipped has no report. */
export type Reported = readonly { job: string; report?: Pick<JobReport, "tables"> | undefined }[];

/** The catalog's tables, which may have other names than the definition says. */
type Registered = Parameters<typeof currentName>[1];

/** Names in the catalog of the current tables that a run reported. */
export function currentTables(runs: Reported, datasets: readonly Dataset[], catalog?: Registered): string[] {
	return tablesOf(runs, ["apply-changes"]).map((table) => currentName({ datasets }, catalog, table));
}

/**
 * Tables that have rows after a run: change logs to which it added some, and models. Of a current table the last row may have been
 * deleted.
 */
export function filledTables(runs: Reported, datasets: readonly Dataset[], catalog?: Registered): ReadonlySet<string> {
	const logs = tablesOf(runs, ["process-load", "process-cdc"]).filter((one) => one.rows_written > 0);
	const models = tablesOf(runs, ["build-models"]).filter((one) => one.rows_written > 0);
	return new Set([
		...logs.map((table) => changeLogName(currentName({ datasets }, catalog, table))),
		...models.filter(({ schema }) => schema === lake.roots.models).map(({ table }) => table.toLowerCase()),
	]);
}

function tablesOf(runs: Reported, jobs: readonly string[]): JobReport["tables"] {
	return runs.flatMap(({ job, report }) => (jobs.includes(job) ? (report?.tables ?? []) : []));
}
