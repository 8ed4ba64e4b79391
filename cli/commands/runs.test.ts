import { expect, it } from "vitest";
import { testContext } from "../../tests/support/context.ts";
import type { Invocation, Run } from "../command.ts";
import { PipelineError } from "../common/errors.ts";
import type { JobReport, RunHistory, Stack } from "../engines/port.ts";
import { stripAnsi } from "../ui/terminal.ts";
import { run as list } from "./runsList/run.ts";
import { run as show } from "./runsShow/run.ts";

const report = (job: string, second: number, more: Partial<JobReport> = {}): JobReport => ({
	job,
	run_id: "run-2",
	state: "succeeded",
	started_at: `2026-11-29T12:00:0${second}.000Z`,
	finished_at: `2026-11-29T12:00:0${second + 1}.500Z`,
	rows_read: 1234,
	rows_written: 1200,
	tables: [{ schema: "shop", table: "items", rows_read: 1234, rows_written: 1200, note: "merged" }],
	set_aside: [],
	quality: [],
	error: null,
	...more,
});

const broken = { table: "shop.items", rule: "not_null(id)", kind: "not_null", description: null } as const;

const history: RunHistory[] = [
	{
		runId: "run-2",
		running: false,
		jobs: [
			{
				job: "build",
				state: "failed",
				report: report("build", 4, { state: "failed", error: "shop.items: no \u0007 such column\nmore" }),
			},
			{ job: "a-lost", state: "stopped", why: "It left no report." },
			{
				job: "load",
				state: "quality_failed",
				report: report("load", 1, {
					quality: [{ ...broken, severity: "error", failed_rows: 2, examples: [{ id: null }] }],
					set_aside: [{ uri: "file:///x.parquet", reason: "cut short" }],
				}),
			},
		],
	},
	{ runId: "run-1", running: true, jobs: [] },
];

async function called(
	run: Run<never>,
	args: object,
	options: object,
	runs = history,
): Promise<{ json: object; text: string }> {
	const jobs = { runs: async (count: number) => runs.slice(0, count) };
	const stack = { name: "test", engine: "local", jobs: async () => jobs } as unknown as Stack;
	const invocation = { args, options, json: false, stack: async () => stack, context: testContext() };
	const { json, text } = await run(invocation as unknown as Invocation<never>);
	return { json, text: stripAnsi(text) };
}

it("runs list has a line for each run, with what failed and why", async () => {
	const { json, text } = await called(list, {}, { limit: 20 });
	const [, first = "", second = ""] = text.split("\n");
	expect(first).toMatch(
		/^run-2 +failed .* 4\.5 s +2,400 +build: shop\.items: no \\x07 such column; a-lost: It left no report\.; load: broken rules: 1, files/,
	);
	expect(second).toMatch(/^run-1 +running +0$/);
	expect(json).toMatchObject({
		runs: [
			{ runId: "run-2", state: "failed", rowsWritten: 2400 },
			{ runId: "run-1", state: "running" },
		],
	});
	expect(await called(list, {}, { limit: 1 })).toMatchObject({ json: { runs: [{ runId: "run-2" }] } });
});

it("runs list says how to begin where there was none", async () => {
	const { json, text } = await called(list, {}, { limit: 20 }, []);
	expect(json).toEqual({ runs: [] });
	expect(text).toContain("pipeline-cli run-etl");
});

it("runs show has the newest run, or the one that is named: its jobs as they began, tables, rules, files, errors", async () => {
	const { json, text } = await called(show, {}, {});
	expect(json).toMatchObject({ runId: "run-2", state: "failed" });
	expect(text).toMatch(/^Run run-2 failed, started /);
	expect(
		[...text.matchAll(/^(load|build|a-lost) +(?:quality_failed|failed|stopped)\b(?!\.)/gm)].map(([, job]) => job),
	).toEqual(["load", "build", "a-lost"]);
	expect(text).toMatch(/^shop\.items +load +1,234 +1,200 +merged$/m);
	expect(text).toContain("blocked, rule broken: shop.items: not_null(id), 2 rows");
	expect(text).toContain("quarantined: file:///x.parquet: cut short");
	expect(text).toContain(
		"build failed.\n  shop.items: no \\x07 such column\n  more\nIts latest log: pipeline-cli logs build",
	);
	expect(text).toContain("a-lost stopped.\n  It left no report.");
	expect((await called(show, { run: "run-1" }, {})).text).toContain("Run run-1 running\nNo job has ended yet.");
});

it.each([
	["run-9", history, "There is no run run-9.", "pipeline-cli runs list"],
	[undefined, [], "The jobs of the stack test have not run yet.", "pipeline-cli run-etl"],
	["run-9", [], "The jobs of the stack test have not run yet.", "pipeline-cli run-etl"],
])("runs show %s is refused where there is none", async (run, runs, what, next) => {
	const error = await called(show, { run }, {}, runs).catch((thrown: unknown) => thrown);
	expect(error).toBeInstanceOf(PipelineError);
	expect(error).toMatchObject({ outcome: "usage", text: { what, next } });
});
