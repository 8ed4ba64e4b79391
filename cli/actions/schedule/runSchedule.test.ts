import { expect, it } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import { PipelineError, RunGoing } from "../../common/errors.ts";
import { scheduleText } from "../../common/scheduleText.ts";
import type { ScheduledEnd, Stack } from "../../engines/port.ts";
import type { EtlResult } from "../etl/runEtl.ts";
import { runSchedule } from "./runSchedule.ts";

/** What each run's start ends with, in order; the last one ends the schedule. */
async function play(opens: (() => never)[]): Promise<{ shown: object[]; ends: string[]; reported: string[] }> {
	const abort = new AbortController();
	const context = testContext(abort.signal);
	const shown: object[] = [];
	const ends: string[] = [];
	let opened = 0;
	const stack = {
		name: "local",
		definition: async () => ({ ...shop, pipeline: { ...shop.pipeline, schedule: { everySeconds: 3600 } } }),
		replication: async () => ({ ruleChanges: async () => [] }),
		jobs: async () => ({
			lastRun: async () => undefined,
			open: async (_: unknown, options: object) => {
				expect(options).toEqual({ scheduled: true });
				const open = opens[opened];
				opened += 1;
				if (opened === opens.length) abort.abort(new Error("enough"));
				return open?.();
			},
		}),
	} as unknown as Stack;
	let time = Date.parse("2026-11-28T10:00:00Z");
	const clock = {
		now: () => new Date(time),
		pass: async (milliseconds: number) => {
			if (time > Date.parse("2026-11-30T00:00:00Z")) throw new Error("no run ended the schedule");
			time += milliseconds;
		},
	};
	const said = (ended: { result: EtlResult } | { error: PipelineError }): string =>
		"error" in ended ? ended.error.text.what : ended.result.runId;
	const runs = {
		onEnd: async (ended: { result: EtlResult } | { error: PipelineError }) => void ends.push(said(ended)),
	};
	const board = { show: async (state: object) => void shown.push(state) };
	await expect(runSchedule(stack, runs, board, context, clock)).rejects.toThrow("enough");
	return { shown, ends, reported: context.shown };
}

const fails = (outcome: PipelineError["outcome"], what: string) => (): never => {
	throw new PipelineError(outcome, { what });
};

it("continues after a failed run, whatever failed, and shows it until a good one", async () => {
	const { shown, ends } = await play([
		fails("usage", "The definition has a mistake."),
		(): never => {
			throw new TypeError("x is not a function");
		},
		fails("failure", "The last one."),
	]);
	expect(ends).toEqual(["The definition has a mistake.", "The run ended unexpectedly."]);
	const lasts = shown.flatMap((state) => ("last" in state ? [state.last as ScheduledEnd] : []));
	expect(lasts.map(({ at, outcome, fault }) => [at, outcome, fault?.why])).toEqual([
		["2026-11-28T10:00:00.000Z", "usage", undefined],
		["2026-11-28T11:00:00.000Z", "failure", "x is not a function"],
	]);
	expect(shown[0]).toEqual({ text: "every hour", nextRun: "2026-11-28T10:00:00.000Z" });
});

it("leaves out a time at which a run by hand is going", async () => {
	const { shown, ends, reported } = await play([
		(): never => {
			throw new RunGoing({ what: "Run r is already in progress." });
		},
		fails("failure", "The last one."),
	]);
	expect(ends).toEqual([]);
	expect(reported).toContain("Skipped a run: Run r is already in progress.");
	expect(shown.filter((state) => "last" in state)).toEqual([]);
});

it("shows what else refuses a run, such as a rule that changed after the load", async () => {
	const { shown, ends } = await play([
		fails("serviceRefused", "The definition has changed since these tables were loaded."),
		fails("failure", "The last one."),
	]);
	expect(ends).toEqual(["The definition has changed since these tables were loaded."]);
	expect(shown.filter((state) => "last" in state)).toMatchObject([{ last: { outcome: "serviceRefused" } }]);
});

it.each([
	[{ everySeconds: 300 }, "every 5 minutes"],
	[{ everySeconds: 3600 }, "every hour"],
	[{ everySeconds: 90 }, "every 90 seconds"],
	[{ everySeconds: 172_800 }, "every 2 days"],
	[{ cron: "0 6 * * *", timezone: "Europe/Berlin" }, "0 6 * * * (Europe/Berlin)"],
])("writes %j as %s", (schedule, text) => {
	expect(scheduleText(schedule)).toBe(text);
});
