import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { readJsonFile } from "../../cli/common/jsonFile.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { LocalJobs } from "../../cli/engines/local/jobs/localJobs.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { reportFile } from "../../cli/engines/shared/jobReport.ts";
import { jobExitCodes, lake } from "../../etl/contract/contract.ts";
import { newRunId } from "../../etl/contract/runId.ts";

/** Reports as the jobs' own code writes them, read as the CLI reads them. */

const runId = newRunId();
let home: string;
let codes: Record<string, number>;

const program = `
import json, sys
from lakehouse.run.job import exit_code
from lakehouse.run.report import BrokenRule, Report
from lakehouse.storage.files import Storage

processed, run_id = sys.argv[1:]

def report(job, spoil):
    made = Report(job, run_id)
    made.table("shop", "items", 3, 2, "merged")
    made.table("", "joint_tables", 1, 1)
    spoil(made)
    made.finish(Storage(processed))
    return exit_code(made.state, on_glue=False)

print(json.dumps({
    "process-load": report("process-load", lambda made: None),
    "process-cdc": report("process-cdc", lambda made: made.file_set_aside("file:///x", "cut short")),
    "apply-changes": report(
        "apply-changes",
        lambda made: made.rule_broken(
            BrokenRule("shop.items", "not_null(id)", "not_null", "error", 1, [{"id": None, "name": "a"}], "each has one")
        ),
    ),
    "star-schema": report("star-schema", lambda made: made.failed("shop.items", ValueError("x"))),
}))
`;

import { it } from "../support/fixtures.ts";

it.beforeAll(async ({ fileFolder }) => {
	home = fileFolder;
	const { processed, runs } = localPaths(home);
	await mkdir(join(runs, runId), { recursive: true });
	const python = join(projectRoot, ".pipeline", "python", "bin", "python");
	const args = ["-c", program, `${pathToFileURL(processed).href}/`, runId];
	const env = { ...process.env, PYTHONPATH: join(projectRoot, "etl"), PYTHONDONTWRITEBYTECODE: "1" };
	codes = JSON.parse((await promisify(execFile)(python, args, { env })).stdout);
});

const read = (job: string) => readJsonFile(join(localPaths(home).processed, lake.report(runId, job)), reportFile(job));

it.each([
	["process-load", "succeeded", { error: null, set_aside: [], quality: [] }],
	["process-cdc", "quality_failed", { set_aside: [{ uri: "file:///x", reason: "cut short" }] }],
	[
		"apply-changes",
		"quality_failed",
		{
			quality: [
				{
					table: "shop.items",
					rule: "not_null(id)",
					kind: "not_null",
					severity: "error",
					failed_rows: 1,
					examples: [{ id: null, name: "a" }],
					description: "each has one",
				},
			],
		},
	],
	["star-schema", "failed", { error: "shop.items: x" }],
] as const)("%s %s: the CLI reads what the job wrote", async (job, state, found) => {
	expect(await read(job)).toMatchObject({
		job,
		run_id: runId,
		state,
		rows_read: 4,
		rows_written: 3,
		tables: [
			{ schema: "", table: "joint_tables", rows_read: 1, rows_written: 1, note: null },
			{ schema: "shop", table: "items", rows_read: 3, rows_written: 2, note: "merged" },
		],
		...found,
	});
	expect(codes[job]).toBe(jobExitCodes[state]);
});

it("the history of runs has them", async () => {
	const [run, ...others] = await new LocalJobs(localPaths(home)).runs(3);
	expect(others).toEqual([]);
	expect(run).toMatchObject({ runId, running: false });
	expect(run?.jobs.map(({ job, report }) => [job, report?.rows_written])).toEqual(
		["apply-changes", "process-cdc", "process-load", "star-schema"].map((job) => [job, 3]),
	);
});

it("the status of the last run is made of them", async () => {
	expect(await new LocalJobs(localPaths(home)).lastRun()).toEqual({
		runId,
		running: false,
		jobs: [
			{ job: "apply-changes", state: "quality_failed" },
			{ job: "process-cdc", state: "quality_failed" },
			{ job: "process-load", state: "succeeded" },
			{ job: "star-schema", state: "failed" },
		],
	});
});
