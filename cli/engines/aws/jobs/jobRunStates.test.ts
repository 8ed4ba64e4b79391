import { expect, it } from "vitest";
import { costOf } from "./jobRunStates.ts";

const run = { WorkerType: "G.1X", NumberOfWorkers: 5, ExecutionTime: 3600 } as const;

it("a run costs its workers' time, at the price of its class", () => {
	expect(costOf(run)).toEqual({ dpuHours: 5, usd: 5 * 0.44 });
	expect(costOf({ ...run, ExecutionClass: "FLEX", DPUSeconds: 7200 })).toEqual({ dpuHours: 2, usd: 2 * 0.29 });
});

it("of workers with another price nothing is said, also where Glue counted", () => {
	expect(costOf({ ...run, WorkerType: "R.1X" })).toBeUndefined();
	expect(costOf({ ...run, WorkerType: "R.8X", DPUSeconds: 7200 })).toBeUndefined();
});
