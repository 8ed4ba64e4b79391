import { expect, it } from "vitest";
import type { Schedule } from "../../etl/contract/pipeline/pipeline.ts";
import { timingOf } from "./timing.ts";

const morning: Schedule = { cron: "0 6 * * 1-5", timezone: "Europe/Berlin" };

it.each([
	["the definition's schedule", "definition", morning, ["cron(0 6 ? * MON,TUE,WED,THU,FRI *)", "Europe/Berlin"]],
	["every hour, where that says nothing", "definition", undefined, ["rate(1 hour)", "UTC"]],
	["the stack's expression, whatever the definition says", "rate(1 day)", morning, ["rate(1 day)", "UTC"]],
])("runs begin by %s", (_, configured, defined, [expression, timezone]) => {
	expect(timingOf(configured, defined)).toEqual({ expression, timezone });
});

it("runs begin by hand only, where the stack says so", () => {
	expect(timingOf(undefined, morning)).toBeUndefined();
});
