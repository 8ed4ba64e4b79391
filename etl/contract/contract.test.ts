import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jobs } from "../../tests/support/sampleShop.ts";
import {
	builtInJobs,
	changeFile,
	changeLogName,
	currentTableOf,
	databaseName,
	isLoadFile,
	lake,
	loadFile,
	rawColumns,
} from "./contract.ts";
import { byHandRunId, isRunId, newRunId, runIdAfter, runIdOfMinute } from "./runId.ts";

describe("names", () => {
	it("numbers the files of a full load from 1, in hexadecimal", () => {
		expect([1, 10, 255].map(loadFile)).toEqual([
			"LOAD00000001.parquet",
			"LOAD0000000A.parquet",
			"LOAD000000FF.parquet",
		]);
	});

	it("knows a file of a full load by its name alone", () => {
		expect(["shop/orders/LOAD00000001.parquet", loadFile(2)].map(isLoadFile)).toEqual([true, true]);
		expect(
			["shop/LOADS/20260905-151244585.parquet", "shop/orders/LOAD1.parquet", "LOAD00000001.csv"].map(isLoadFile),
		).toEqual([false, false, false]);
	});

	it("names a file of changes after its time, so that names sort by time", () => {
		expect(changeFile(Date.UTC(2026, 8, 5, 15, 12, 44, 585))).toBe("20260905-151244585.parquet");
	});

	it("writes what is not a letter or digit of a stack's name as an underscore", () => {
		expect(databaseName("Dev-2.eu")).toBe("analytics_pipeline_dev_2_eu");
	});

	it("finds the current table of a change log", () => {
		expect(currentTableOf(changeLogName("orders"))).toBe("orders");
		expect(currentTableOf("orders")).toBeUndefined();
	});

	it("has the folders of the lake", () => {
		expect([lake.current("shop", "orders"), lake.model("revenue"), lake.report("r1", "apply-changes")]).toEqual([
			"current/shop/orders",
			"models/revenue",
			"_runs/r1/apply-changes.json",
		]);
		expect(rawColumns).toEqual({
			op: "Op",
			commitTime: "cdc_commit_time",
			changeSequence: "cdc_change_seq",
			beforeImagePrefix: "BI_",
		});
	});
});

describe("jobs", () => {
	it("begin with those that every pipeline has", () => {
		expect(jobs.map(({ name }) => name).slice(0, builtInJobs.length)).toEqual(builtInJobs);
	});

	it.each(jobs)("the script of $name reports as $name", ({ name, script }) => {
		const text = readFileSync(script, "utf8");
		expect(text).toContain(`job.main("${name}", `);
	});
});

describe("run ids", () => {
	const now = new Date("2026-11-20T13:15:02.345Z");

	it("begin with the time and are recognised", () => {
		const id = newRunId(now);
		expect(id).toMatch(/^20261120-131502-[0-9a-f]{4}$/);
		expect(isRunId(id)).toBe(true);
	});

	it("are the same for all who start the state machine in one minute", () => {
		expect(runIdOfMinute(now)).toBe("20261120-131500-all");
	});

	it("sort after the newest, also where the clock was set back since", () => {
		expect(runIdAfter(undefined, now).slice(0, 16)).toBe(newRunId(now).slice(0, 16));
		expect(runIdAfter("20251231-235959-ffff", now).slice(0, 16)).toBe(newRunId(now).slice(0, 16));
		expect(runIdAfter("20261231-235959-ffff", now)).toMatch(/^20270101-000000-/);
	});

	it.each([byHandRunId, "lock.json", "20261120-131502-9f3", "x20261120-131502-9f3a"])("%s is not one", (name) => {
		expect(isRunId(name)).toBe(false);
	});
});
