import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, vi } from "vitest";
import { lake } from "../../../../etl/contract/contract.ts";
import { newRunId } from "../../../../etl/contract/runId.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import { it as base } from "../../../../tests/support/fixtures.ts";
import { failing } from "../../../actions/etl/failing.ts";
import { PipelineError } from "../../../common/errors.ts";
import { exists } from "../../../common/fs.ts";
import { poll } from "../../../common/poll.ts";
import type { Context, Stack } from "../../port.ts";
import { type LocalPaths, localPaths } from "../shared/paths.ts";
import { JobEngine } from "./jobEngine.ts";
import { LocalJobSession } from "./localJobSession.ts";
import { LocalJobs } from "./localJobs.ts";
import { RunLock } from "./runLock.ts";
import { forgetSettled, SettledJobs } from "./settled.ts";

/** Instead of Python: an engine that listens immediately, and jobs that are scripts of the shell. */
const python = `#!/bin/sh
case "$1" in
	*sail_server.py)
		[ -n "$NEVER_LISTENS" ] || echo '{"port":1,"why":"no network of its own","others":["ann","bob"]}'
		if [ -n "$DIES_AFTER" ]; then
			while [ ! -e "$DIES_AFTER" ]; do sleep 0.05; done
			kill -9 $$
		fi
		read line ;;
	*) exec sh "$@" ;;
esac
`;

interface Run {
	paths: LocalPaths;
	runId: string;
	session: LocalJobSession;
	/** One more session of the run. */
	open(settled?: SettledJobs): Promise<LocalJobSession>;
	/** A job of these lines; `$report` is where its report goes. */
	job(name: string, ...lines: string[]): Promise<JobDefinition>;
}

const it = base.extend("run", async ({ folder, abort }, { onCleanup }): Promise<Run> => {
	const paths = localPaths(folder);
	await mkdir(join(paths.python, "bin"), { recursive: true });
	await writeFile(join(paths.python, "bin", "python"), python);
	await chmod(join(paths.python, "bin", "python"), 0o755);
	const runId = newRunId();
	const logs = join(paths.runs, runId);
	await mkdir(logs, { recursive: true });
	const lock = await RunLock.take(paths.runs, runId, abort.signal);
	const sessions: LocalJobSession[] = [];
	const open = async (settled?: SettledJobs): Promise<LocalJobSession> => {
		const take = (): Promise<JobEngine> => JobEngine.take({ python: paths.python, forks: false, ahead: false }, logs);
		const session = new LocalJobSession(paths, runId, logs, lock, take, settled);
		sessions.push(session);
		return session;
	};
	onCleanup(async () => {
		for (const session of sessions) await session.close();
	});
	const job = async (name: string, ...lines: string[]): Promise<JobDefinition> => {
		const script = join(folder, `${name}.sh`);
		const report = join(paths.processed, lake.report(runId, name));
		// As the jobs do it: one that leaves no report makes no folder of them.
		const folderOf = lines.some((line) => line.includes("$report")) ? ['mkdir -p "$(dirname "$report")"'] : [];
		await writeFile(script, [`report='${report}'`, ...folderOf, ...lines, ""].join("\n"));
		return { name, script, description: "", after: [], reads: [], writes: [] };
	};
	return { paths, runId, session: await open(), open, job };
});

const report = {
	started_at: "2026-01-01T00:00:00.000Z",
	finished_at: "2026-01-01T00:00:01.000Z",
	rows_read: 3,
	rows_written: 2,
	tables: [],
	set_aside: [],
	quality: [],
};
const writes = (job: string, runId: string, state: string, error: string | null = null): string =>
	`echo '${JSON.stringify({ ...report, job, run_id: runId, state, error })}' > "$report"`;

const stackOf = (paths: LocalPaths): Stack => ({ jobs: async () => new LocalJobs(paths) }) as unknown as Stack;

describe("a job that ends otherwise than it reports", () => {
	it.for([
		["killed", ["echo working", "kill -9 $$"], "It ended with SIGKILL without a report. Last line of its log: working"],
		["silent", ["exit 3"], "It ended with exit code 3 without a report."],
		["out of nothing", ["exit 0"], "It ended with exit code 0 without a report."],
		["damaged", ['echo "{" > "$report"'], "The report of damaged is damaged. "],
	] as const)("%s has failed, which is seen until a good run", async ([name, lines, why], { run, context }) => {
		const { paths, session, job, runId } = run;
		const ended = await session.run(await job(name, ...lines), context);
		expect(ended).toMatchObject({ state: "failed", report: { state: "failed", job: name, run_id: runId } });
		await session.close();
		const failed = await failing(stackOf(paths));
		expect(failed).toMatchObject({ what: `Run ${runId} failed: ${name}.`, next: `pipeline-cli logs ${name}` });
		expect(failed?.why).toContain(why);
	});

	it("keeps what it had reported", async ({ run, context }) => {
		const { session, job, runId } = run;
		const late = await job("late", writes("late", runId, "succeeded"), "exit 1");
		expect(await session.run(late, context)).toMatchObject({
			state: "failed",
			report: { ...report, finished_at: expect.stringMatching(/^20/), state: "failed", rows_written: 2 },
		});
	});

	it("says nothing of one that reports its end truly", async ({ run, context }) => {
		const { session, job, runId } = run;
		const good = await job("good", writes("good", runId, "succeeded"));
		expect(await session.run(good, context)).toMatchObject({ state: "succeeded", report: { ...report, error: null } });
		const bad = await job("bad", writes("bad", runId, "failed", "own words"), "exit 1");
		expect(await session.run(bad, context)).toMatchObject({ state: "failed", report: { error: "own words" } });
	});
});

describe("an engine that dies", () => {
	it("ends the job that it ran with its reason, and later ones", async ({ run, context, folder }) => {
		vi.stubEnv("DIES_AFTER", join(folder, "begun"));
		const session = await run.open();
		const job = await run.job(
			"a",
			"trap '' TERM",
			"echo waiting",
			`: > '${folder}/begun'`,
			"while :; do sleep 1; done",
		);
		const why =
			/^The engine of the jobs \(Sail\) exited unexpectedly\.[\s\S]*SIGKILL, which is typical if the machine runs out of memory/;
		expect(await session.run(job, context)).toMatchObject({
			state: "failed",
			report: { state: "failed", error: expect.stringMatching(why) },
			logTail: ["waiting"],
		});
		const next = session.run(await run.job("b", "exit 0"), context);
		await expect(next).rejects.toMatchObject({ message: expect.stringMatching(why) });
	});
});

it("says once who reaches the engine where it is in the machine's network", async ({ run, context }) => {
	for (const name of ["a", "b"]) await run.session.run(await run.job(name, "exit 0"), context);
	expect(context.shown.filter((text) => text.includes("(ann, bob)"))).toHaveLength(1);
});

describe("Ctrl-C", () => {
	it("while the engine starts ends the run with its reason, and the engine is not blamed", async ({
		run,
		context,
		abort,
	}) => {
		vi.stubEnv("NEVER_LISTENS", "1");
		const running = (await run.open()).run(await run.job("a", "exit 0"), { ...context, signal: abort.signal });
		abort.abort(new PipelineError("cancelled", { what: "Ctrl-C" }));
		await expect(running).rejects.toMatchObject({ outcome: "cancelled" });
	});

	it("in the terminal does not reach a job, which is stopped in order", async ({ run, context, folder }) => {
		const groupOf = (pid: string): string => `ps -o pgid= -p ${pid}`;
		await run.session.run(await run.job("a", `${groupOf("$$")} > ${join(folder, "group")}`), context);
		const ours = execFileSync("sh", ["-c", groupOf(`${process.pid}`)], { encoding: "utf8" });
		expect((await readFile(join(folder, "group"), "utf8")).trim()).not.toBe(ours.trim());
	});
});

describe("a job that found nothing", () => {
	const nothing = { ...report, rows_read: 0, rows_written: 0, rests_until: "2999-01-01T00:00:00.000Z" };

	/** What a run in a lake of this print makes of some jobs: those that it starts, and whose reports they have. */
	const runs = async (run: Run, print: string, jobs: JobDefinition[], context: Context): Promise<string[]> => {
		const session = await run.open(await SettledJobs.of(run.paths, print));
		const ends: string[] = [];
		for (const job of jobs) {
			const { report: found, log } = await session.run(job, context);
			const isStarted = (await readFile(log, "utf8")).includes("at work");
			ends.push(`${job.name} ${isStarted ? "started" : `as ${found?.same_as}`}`);
		}
		await session.close();
		return ends;
	};
	const reports = (found: object, run: Run, name: string): Promise<JobDefinition> => {
		const text = JSON.stringify({ ...found, job: name, run_id: run.runId, state: "succeeded", error: null });
		return run.job(name, "echo at work", `echo '${text}' > "$report"`);
	};

	it("is not started in the same lake, and is in another one, after its time, and after a purge", async ({
		run,
		context,
	}) => {
		const jobs = [await reports(nothing, run, "a"), await reports(nothing, run, "b")];
		const same = jobs.map(({ name }) => `${name} as ${run.runId}`);
		const started = jobs.map(({ name }) => `${name} started`);
		expect(await runs(run, "lake", jobs, context)).toEqual(started);
		expect(await runs(run, "lake", jobs, context)).toEqual(same);
		expect(await runs(run, "lake", jobs, context)).toEqual(same);
		expect(await runs(run, "other", jobs, context)).toEqual(started);
		vi.useFakeTimers({ now: Date.parse("2999-01-02"), toFake: ["Date"] });
		onTestFinished(() => void vi.useRealTimers());
		expect(await runs(run, "other", jobs, context)).toEqual(started);
		vi.useRealTimers();
		expect(await runs(run, "other", jobs, context)).toEqual(same);
		await forgetSettled(run.paths);
		expect(await runs(run, "other", jobs, context)).toEqual(started);
	});

	it("is started with other arguments, or where it does not say that it goes by the lake alone", async ({
		run,
		context,
	}) => {
		const lakes = await reports(nothing, run, "a");
		const { rests_until: _, ...unsaid } = nothing;
		const others = await reports(unsaid, run, "b");
		await runs(run, "lake", [lakes, others], context);
		expect(await runs(run, "lake", [others, lakes], context)).toEqual(["b started", `a as ${run.runId}`]);
		const asked = { ...lakes, forRun: { accept_empty: "shop.orders" } };
		expect(await runs(run, "lake", [asked], context)).toEqual(["a started"]);
		// What one run has looked at hides nothing that another one has.
		expect(await runs(run, "lake", [lakes, asked], context)).toEqual([`a as ${run.runId}`, `a as ${run.runId}`]);
	});

	it("that cannot be noted ends the run with that error, and with it the engine, without which no parent ends", async ({
		run,
		context,
	}) => {
		const keep = vi.spyOn(JobEngine.prototype, "keep");
		await mkdir(join(run.paths.runs, "settled.json"));
		const job = await reports(nothing, run, "a");
		await expect(runs(run, "lake", [job], context)).rejects.toMatchObject({ code: "EISDIR" });
		expect(keep).toHaveBeenCalledOnce();
		await rm(join(run.paths.runs, "settled.json"), { recursive: true });
	});

	it("is started behind one that found something, and neither is kept then", async ({ run, context }) => {
		const idle = await reports(nothing, run, "idle");
		const busy = await reports({ ...nothing, rows_read: 1 }, run, "busy");
		await runs(run, "lake", [idle], context);
		expect(await runs(run, "lake", [busy, idle], context)).toEqual(["busy started", "idle started"]);
		expect(await runs(run, "new", [idle, busy], context)).toEqual(["idle started", "busy started"]);
		expect(await runs(run, "new", [idle], context)).toEqual(["idle started"]);
	});
});

describe("the history of runs", () => {
	it("has a job that was stopped with its run, or killed with the program", async ({ run, context, abort, folder }) => {
		const { paths, session, job, runId } = run;
		const first = await job("first", writes("first", runId, "succeeded"));
		await session.run(first, context);
		const begun = join(folder, "begun");
		const second = session.run(await job("second", `: > '${begun}'`, "exec sleep 600"), {
			...context,
			signal: abort.signal,
		});
		await poll({ firstMs: 20 }, async () => (await exists(begun)) || undefined);
		abort.abort();
		expect(await second).toMatchObject({ state: "stopped" });
		expect((await new LocalJobs(paths).runs(1))[0]?.jobs).toMatchObject([{ job: "first", state: "succeeded" }]);
		await session.close();
		expect(await failing(stackOf(paths))).toMatchObject({
			what: `Run ${runId} was stopped before it finished: second.`,
		});
	});

	it("names a damaged report, and reads the others", async ({ run, context }) => {
		const { paths, session, job, runId } = run;
		for (const name of ["a", "b"]) await session.run(await job(name, writes(name, runId, "succeeded")), context);
		await session.close();
		const folder = join(paths.processed, lake.runs, runId);
		await writeFile(join(folder, "a.json"), '{"job":');
		await writeFile(join(folder, "note.txt"), "");
		expect(await readdir(folder)).toHaveLength(3);
		const [newest] = await new LocalJobs(paths).runs(1);
		expect(newest?.jobs).toMatchObject([
			{ job: "a", state: "failed", why: expect.stringContaining("The report of a is damaged. ") },
			{ job: "b", state: "succeeded" },
		]);
		expect(await failing(stackOf(paths))).toMatchObject({
			what: `Run ${runId} failed: a.`,
			why: expect.stringContaining(join(folder, "a.json")),
		});
	});
});
