import { expect, it } from "vitest";
import { isLoaded, stoppedAt, taskStatus } from "./taskStates.ts";

const started = new Date("2026-11-28T12:00:00Z");
const at = (StopDate?: Date, more: object = {}): Date =>
	stoppedAt({ ReplicationTaskStartDate: started, ReplicationTaskStats: { ...(StopDate && { StopDate }), ...more } });

it("a task that never started sends nothing", () => {
	expect(stoppedAt({})).toEqual(new Date(0));
});

it("a task sends nothing from its stop on", () => {
	const stopped = new Date("2026-11-28T12:30:00Z");
	expect(at(stopped)).toEqual(stopped);
});

it.each([
	["failed by itself after an earlier stop", new Date("2026-11-28T11:00:00Z"), {}],
	[
		"was resumed after an earlier stop",
		new Date("2026-11-28T12:30:00Z"),
		{ StartDate: new Date("2026-11-28T13:00:00Z") },
	],
	["has no date of a stop", undefined, {}],
])("of a task that %s it is not known since when, so since now", (_, stopDate, more) => {
	const before = Date.now();
	expect(at(stopDate, more).getTime()).toBeGreaterThanOrEqual(before);
});

it.each([
	["all are loaded", { FullLoadProgressPercent: 100, TablesLoaded: 3 }, true],
	["some ended with errors, the others are loaded", { FullLoadProgressPercent: 66, TablesErrored: 1 }, true],
	["one has an error, and one is loading", { FullLoadProgressPercent: 66, TablesErrored: 1, TablesLoading: 1 }, false],
	["one has an error, and one is queued", { FullLoadProgressPercent: 100, TablesErrored: 1, TablesQueued: 1 }, false],
	["nothing is counted yet", { FullLoadProgressPercent: 0 }, false],
])("tells from the counts whether nothing is left to load where %s", (_, ReplicationTaskStats, is) => {
	expect(isLoaded(taskStatus({ Status: "running", ReplicationTaskStats }, ""))).toBe(is);
	expect(isLoaded(taskStatus({ Status: "starting", ReplicationTaskStats }, ""))).toBe(false);
});
