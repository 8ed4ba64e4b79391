import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configKeys } from "../config.ts";
import { parseConfig } from "../parseConfig.ts";
import { deployed } from "../testing/deployed.ts";
import { execute, type Machine } from "../testing/execution.ts";
import { repositoryPath, stackValues } from "../testing/stack.ts";
import { configurationPage } from "./configurationPage.ts";
import { cost, estimate, rounded, type Usage } from "./estimate.ts";
import { prices } from "./prices.ts";
import { large, small } from "./stacks.ts";

const dev = parseConfig(stackValues("dev"));
const prod = parseConfig(stackValues("prod"));
describe("docs/configuration.md", () => {
	const page = configurationPage(readFileSync(repositoryPath("Pulumi.yaml"), "utf8"));

	it("has a row for every key", () => {
		expect([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key).sort()).toEqual([...configKeys].sort());
	});
});

describe("docs/cost.md", () => {
	it("counts zones, standbys and hours", () => {
		const of = (config: typeof dev, usage: Usage, what: string) =>
			estimate(config, usage).find((item) => item.what.includes(what));
		expect(of(dev, small, "interface endpoints")?.quantity).toBe(7 * 1 * 730);
		expect(of(prod, large, "interface endpoints")?.quantity).toBe(5 * 3 * 730);
		expect(of(prod, large, "dms.r6i.large")?.quantity).toBe(2 * 730);
		expect(of(prod, large, "RPU")?.quantity).toBe(16 * 90);
		expect(of(dev, small, "metrics")?.quantity).toBe(7);
		expect(of(prod, large, "metrics")).toBeUndefined();
		expect(cost({ component: "", what: "", quantity: 730, price: "endpointHour" })).toBeCloseTo(7.3);
	});

	it("counts what the way through Kinesis adds: a stream, an endpoint and two alarms", () => {
		const added = estimate({ ...dev, replicationTarget: "kinesis" }, small).map(({ what }) => what);
		expect(added.filter((what) => what === "1 on-demand stream")).toHaveLength(2);
		expect(added).toContain("8 interface endpoints in 1 zone");
		expect(added).toContain("10 alarms");
	});

	it.each(["dev", "prod"] as const)("counts the alarms of %s as the program makes them", async (stack) => {
		const made = (await deployed(stack)).ofType("aws:cloudwatch/metricAlarm:MetricAlarm").length;
		expect(estimate(stack === "dev" ? dev : prod, small).map(({ what }) => what)).toContain(`${made} alarms`);
	});

	it.each(["dev", "prod"] as const)(
		"counts endpoints, secrets, keys, streams and jobs of %s as the program makes them",
		async (stack) => {
			const program = await deployed(stack);
			const config = stack === "dev" ? dev : prod;
			const items = estimate(config, stack === "dev" ? small : large);
			const quantity = (...whats: RegExp[]) =>
				items.filter(({ what }) => whats.some((one) => one.test(what))).reduce((sum, item) => sum + item.quantity, 0);
			const made = (type: string) => program.ofType(type);
			const endpoints = made("aws:ec2/vpcEndpoint:VpcEndpoint").filter(
				({ inputs }) => inputs.vpcEndpointType === "Interface",
			);
			const zones = endpoints.reduce((sum, { inputs }) => sum + (inputs.subnetIds as string[]).length, 0);
			expect(quantity(/interface endpoints/)).toBe(zones * 730);
			// Redshift makes the administrator's itself.
			const managed = made("aws:redshiftserverless/namespace:Namespace").length;
			expect(quantity(/secret/)).toBe(made("aws:secretsmanager/secret:Secret").length + managed);
			expect(quantity(/^\d+ key/)).toBe(made("aws:kms/key:Key").length);
			expect(quantity(/on-demand stream/)).toBe(made("aws:kinesis/stream:Stream").length * 730);
			expect(quantity(/^\d+ dashboard$/)).toBe(made("aws:cloudwatch/dashboard:Dashboard").length);
			expect(small.jobs).toBe(made("aws:glue/job:Job").length);
			expect(large.jobs).toBe(small.jobs);
		},
	);

	it("counts old versions for as long as the bucket keeps them, Kinesis's reads and days, and metrics where they are on", async () => {
		const lifecycle = (await deployed("prod")).named("analytics-pipeline-prod-lake-processed-lifecycle").inputs;
		const rule = (lifecycle.rules as { noncurrentVersionExpiration?: { noncurrentDays: number } }[]).find(
			({ noncurrentVersionExpiration }) => noncurrentVersionExpiration !== undefined,
		);
		const days = rule?.noncurrentVersionExpiration?.noncurrentDays ?? 0;
		const find = (config: typeof dev, usage: Usage, what: string) =>
			estimate(config, usage).find((item) => item.what.includes(what))?.quantity;
		expect(find(prod, large, "old versions")).toBe(Math.round((large.rewrittenGb / 730) * 24 * days));
		expect(find(prod, large, "out of it")).toBe(large.clicksGb);
		expect(find(prod, large, "kept beyond a day")).toBe(Math.round((50 * 144) / 730));
		expect(find(prod, large, "kept beyond a week")).toBeUndefined();
		const month = { ...prod, clickstreamRetentionHours: 730 };
		expect(find(month, large, "kept beyond a day")).toBe(Math.round((50 * 144) / 730));
		expect(find(month, large, "kept beyond a week")).toBe(Math.round((50 * 562) / 730));
		expect(find(dev, small, "kept beyond a day")).toBeUndefined();
		expect(find(prod, large, "60 metrics")).toBeUndefined();
		expect(find({ ...prod, jobMetrics: true }, large, "60 metrics")).toBe(360);
	});

	it("counts the records of Kinesis and Firehose as they are billed, rounded up one by one", () => {
		expect([rounded(1, 0.25, 1), rounded(1, 0.25, 5), rounded(1, 1, 5), rounded(1, 6, 5)]).toEqual([4, 20, 5, 10 / 6]);
		const items = estimate({ ...prod, replicationTarget: "kinesis" }, large);
		const quantity = (component: string, price: string) =>
			items.find((item) => item.component === component && item.price === price)?.quantity;
		expect(quantity("clickstream", "streamGb")).toBe(200);
		expect(quantity("clickstream", "firehoseGb")).toBe(1000);
		expect(quantity("replication", "streamGb")).toBe(50);
		expect(quantity("replication", "firehoseGb")).toBe(250);
		expect(quantity("replication", "firehoseParts")).toBe(large.thousandChangeFiles);
	});

	it("counts the steps of a run as the machine takes them, and its start", async () => {
		const definition = String(
			(await deployed("prod")).ofType("aws:sfn/stateMachine:StateMachine")[0]?.inputs.definition,
		);
		const context = { Execution: { Id: "arn:run", Name: "run" }, StateMachine: { Id: "arn:machine" } };
		const { ended, path } = await execute(JSON.parse(definition) as Machine, context, (resource) =>
			resource.endsWith("listExecutions") ? { Executions: [{ ExecutionArn: "arn:run" }] } : { TableStatistics: [] },
		);
		expect(ended).toBe("done");
		const steps = estimate(prod, large).find(({ price }) => price === "transition")?.quantity;
		expect(steps).toBe((path.length + 1) * large.runs);
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
