import { expect, it } from "vitest";
import type { JobReport, RunHistory, ScheduleStatus, Stack } from "../../engines/port.ts";
import { failing } from "./failing.ts";

const report: JobReport = {
	job: "",
	run_id: "",
	state: "succeeded",
	started_at: "",
	finished_at: "",
	rows_read: 0,
	rows_written: 0,
	tables: [],
	set_aside: [],
	quality: [],
	error: null,
};

/** @param hour its id, and when its jobs ended. */
const run = (
	hour: string,
	jobs: Record<string, "succeeded" | "failed" | "quality_failed">,
	running = false,
): RunHistory => ({
	runId: hour,
	running,
	jobs: Object.entries(jobs).map(([job, state]) => {
		const error = state === "failed" ? "ValueError: no\n  at line 1" : null;
		return { job, state, report: { ...report, error, finished_at: `2026-11-28T1${hour}:00:00.000Z` } };
	}),
});

/** @param runs newest first. */
function stack(runs: RunHistory[], schedule?: Partial<ScheduleStatus>): Stack {
	const jobs = { runs: async () => runs, schedule: async () => schedule };
	return { jobs: async () => jobs } as unknown as Stack;
}

it("is nothing where every job's newest end is a good one", async () => {
	expect(await failing(stack([]))).toBeUndefined();
	expect(await failing(stack([run("2", { a: "succeeded", b: "succeeded" }), run("1", { b: "failed" })]))).toBe(
		undefined,
	);
});

it("stays until the job that failed succeeds, whatever else ran since", async () => {
	const runs = [run("3", {}, true), run("2", { a: "succeeded" }), run("1", { a: "succeeded", b: "failed" })];
	expect(await failing(stack(runs))).toEqual({
		runId: "1",
		kind: "failed",
		what: "Run 1 failed: b.",
		why: "ValueError: no",
		next: "pipeline-cli logs b",
	});
});

it("tells broken rules from a failure", async () => {
	const rules = await failing(stack([run("1", { a: "quality_failed" })]));
	expect(rules).toMatchObject({ kind: "rules", what: "Run 1 found rows that break rules (a)." });
	const quarantined = run("1", { a: "quality_failed" });
	const set_aside = [{ uri: "file:///x.parquet", reason: "no footer" }];
	quarantined.jobs = quarantined.jobs.map((one) => ({ ...one, report: { ...report, set_aside } }));
	expect((await failing(stack([quarantined])))?.what).toBe("Run 1 found files that cannot be read (a).");
	const keyless = run("1", { a: "quality_failed" });
	const folder = [{ uri: "file:///shop/orders/batch=2/", reason: "shop.orders has updates but no key" }];
	keyless.jobs = keyless.jobs.map((one) => ({ ...one, report: { ...report, set_aside: folder } }));
	expect((await failing(stack([keyless])))?.what).toBe("Run 1 found updates of tables with an unknown key (a).");
});

it("names a run that ended before its first job, and a fault of the schedule until a later run", async () => {
	expect(await failing(stack([run("1", {})]))).toMatchObject({ what: "Run 1 ended before any of its jobs finished." });
	const last = {
		at: "2026-11-28T12:30:00.000Z",
		outcome: "usage" as const,
		fault: { what: "The definition has a mistake.", why: "line 3", next: "pipeline-cli doctor" },
	};
	const found = { kind: "failed", what: "The last scheduled run failed: The definition has a mistake.", why: "line 3" };
	expect(await failing(stack([run("2", { a: "succeeded" })], { last }))).toMatchObject(found);
	expect(await failing(stack([run("3", { a: "succeeded" })], { last }))).toBeUndefined();
});
