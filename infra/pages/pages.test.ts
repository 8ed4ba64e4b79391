import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configKeys, parseConfig } from "../config.ts";
import { deployed } from "../testing/deployed.ts";
import { repositoryPath, stackValues } from "../testing/stack.ts";
import { configurationPage } from "./configurationPage.ts";
import { costPage } from "./costPage.ts";
import { cost, estimate, guideEstimate, type Usage } from "./estimate.ts";
import { prices } from "./prices.ts";

const dev = parseConfig(stackValues("dev"));
const prod = parseConfig(stackValues("prod"));
const small: Usage = {
	lakeGb: 10,
	clicksGb: 1,
	runs: 40,
	workerHoursPerRun: 0.35,
	scannedTb: 0.01,
	warehouseHours: 0,
	authors: 1,
	readers: 0,
	logGb: 2,
};
const large: Usage = {
	lakeGb: 500,
	clicksGb: 50,
	runs: 730,
	workerHoursPerRun: 0.5,
	scannedTb: 1,
	warehouseHours: 90,
	authors: 2,
	readers: 20,
	logGb: 20,
};

describe("docs/configuration.md", () => {
	const page = configurationPage(readFileSync(repositoryPath("Pulumi.yaml"), "utf8"));

	it("is made from Pulumi.yaml", async () => {
		await expect(page).toMatchFileSnapshot("../../docs/configuration.md");
	});

	it("has a row for every key", () => {
		expect([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key).sort()).toEqual([...configKeys].sort());
	});
});

describe("docs/cost.md", () => {
	it("is made from the prices and the stacks' files", async () => {
		const page = costPage([
			{
				name: "dev",
				assumed:
					"Two runs on each of 20 days by hand, five jobs of two minutes on two FLEX workers; 10 GB in the lake, 1 GB of clicks.",
				items: estimate(dev, small),
			},
			{
				name: "prod",
				assumed:
					"A run an hour of half a worker-hour in all; 500 GB in the lake, 50 GB of clicks, 1 TB scanned, three hours of warehouse a day, 2 authors and 20 readers.",
				items: estimate(prod, large),
			},
			{
				name: "the guide",
				assumed: "The console guide's design, left running: its sizes, the use of dev.",
				items: guideEstimate(small),
			},
		]);
		await expect(page).toMatchFileSnapshot("../../docs/cost.md");
	});

	it("counts zones, standbys and hours", () => {
		const of = (config: typeof dev, usage: Usage, what: string) =>
			estimate(config, usage).find((item) => item.what.includes(what));
		expect(of(dev, small, "interface endpoints")?.quantity).toBe(7 * 1 * 730);
		expect(of(prod, large, "interface endpoints")?.quantity).toBe(5 * 3 * 730);
		expect(of(prod, large, "dms.r6i.large")?.quantity).toBe(2 * 730);
		expect(of(prod, large, "RPU")?.quantity).toBe(16 * 90);
		expect(of(prod, large, "runs of 9 steps")?.quantity).toBe(9 * 730);
		expect(of(dev, small, "metrics")?.quantity).toBe(7);
		expect(of(prod, large, "metrics")).toBeUndefined();
		expect(cost({ component: "", what: "", quantity: 730, price: "endpointHour" })).toBeCloseTo(7.3);
	});

	it("counts what the way through Kinesis adds: a stream, an endpoint and two alarms", () => {
		const added = estimate({ ...dev, replicationTarget: "kinesis" }, small).map(({ what }) => what);
		expect(added.filter((what) => what === "1 on-demand stream")).toHaveLength(2);
		expect(added).toContain("8 interface endpoints in 1 zone(s)");
		expect(added).toContain("10 alarms");
	});

	it.each(["dev", "prod"] as const)("counts the alarms of %s as the program makes them", async (stack) => {
		const made = (await deployed(stack)).ofType("aws:cloudwatch/metricAlarm:MetricAlarm").length;
		expect(estimate(stack === "dev" ? dev : prod, small).map(({ what }) => what)).toContain(`${made} alarms`);
	});

	it("knows no price that it has not, and has none without a page", () => {
		expect(() => estimate({ ...dev, replicationInstanceClass: "dms.x9.huge" }, small)).toThrow(
			"prices.ts has no price of dms.x9.huge",
		);
		for (const { page, usd } of Object.values(prices)) {
			expect(page).toMatch(/^https:\/\/aws\.amazon\.com\/.+\/$/);
			expect(usd).toBeGreaterThan(0);
		}
	});
});
