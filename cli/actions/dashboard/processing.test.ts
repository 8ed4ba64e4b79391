import { expect, it } from "vitest";
import { jobsToCurrentTables } from "../../../etl/contract/contract.ts";
import type { Part } from "../../dashboard/data.ts";
import type { JobReport, RunHistory } from "../../engines/port.ts";
import { processingOf } from "./processing.ts";
import type { LakeFiles } from "./tableFacts.ts";

const began = "2026-11-20T12:05:00.000Z";
const older = new Date("2026-11-20T12:04:00Z");
const newer = new Date("2026-11-20T12:06:00Z");

const report = { started_at: began } as JobReport;
const run = (state: "succeeded" | "failed" | "quality_failed", jobs = jobsToCurrentTables): RunHistory => ({
	runId: "r",
	running: false,
	jobs: jobs.map((job, at) => ({ job, state: at === jobs.length - 1 ? state : "succeeded", report })),
});
const files = (newest: Date | undefined, all = true): Part<LakeFiles> => ({
	ok: true,
	value: { sizes: undefined, raw: { newest, all } },
});
const runs = (...value: RunHistory[]): Part<RunHistory[]> => ({ ok: true, value });
const no = { ok: false, why: "no access" } as const;

it.each<[string, Part<RunHistory[]>, Part<LakeFiles>, boolean | undefined, string | undefined]>([
	["all is older than the run", runs(run("succeeded")), files(older), false, undefined],
	["a rule was broken", runs(run("quality_failed")), files(older), false, undefined],
	["nothing has come yet", runs(), files(undefined), false, undefined],
	["something is newer", runs(run("succeeded")), files(newer), true, "Not everything is processed: "],
	["something is newer, of what was looked at", runs(run("succeeded")), files(newer, false), true, "Not everything"],
	["there are too many files", runs(run("succeeded")), files(older, false), undefined, "has too many files"],
	["the raw zone cannot be listed", runs(run("succeeded")), no, undefined, "no access"],
	["the runs cannot be read", no, files(older), undefined, "no access"],
	["no run was good", runs(run("failed")), files(older), undefined, "none of the latest runs"],
	["one job ran alone", runs(run("succeeded", ["apply-changes"])), files(older), undefined, "none of the latest runs"],
	[
		"an earlier run had all",
		runs(run("succeeded", ["apply-changes"]), run("succeeded")),
		files(older),
		false,
		undefined,
	],
	["there was no run", runs(), files(older), undefined, "none of the latest runs"],
])("where %s", (_, history, found, behind, reason) => {
	const { reason: said, ...rest } = processingOf(history, found);
	expect(rest.behind).toBe(behind);
	if (reason === undefined) expect(said).toBeUndefined();
	else expect(said?.text).toContain(reason);
});
