import { describe, expect } from "vitest";
import type { PipelineOutputs } from "../../infra/outputs.ts";
import { it } from "../support/aws/awsFixtures.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

let aws: ScriptedStack;
it.beforeEach(({ aws: own }) => {
	aws = own;
	aws.others.secret = { username: "dms", password: "pw", host: "127.0.0.1", port: 1 };
});

interface Document {
	schedule?: {
		text: string;
		running: boolean;
		late?: string;
		nextRun?: string;
		last?: { at: string; outcome: string };
	};
}

async function status(schedule: PipelineOutputs["schedule"]) {
	await aws.deploy({ schedule });
	const { document } = await aws.json<Document>("status");
	return document.schedule;
}

const minute = 60;
const now = (): number => Math.floor(Date.now() / 1000);
const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
/** As EventBridge names executions. */
const execution = (name: string, startDate: number, status = "RUNNING", stopDate?: number) => ({
	...{ name, executionArn: `arn:${name}`, startDate, status },
	...(stopDate !== undefined && { stopDate }),
});

describe("the schedule of a stack on AWS", () => {
	it("is when the deployed rate starts the next run, and how its last one ended", async () => {
		const begin = now() - 7 * minute;
		aws.others.executions = [
			execution("b1", begin),
			execution("a1", begin - 10 * minute, "SUCCEEDED", begin - 10 * minute + 2),
			execution("20261128-120000-all", begin - 15 * minute, "FAILED", begin - 12 * minute),
			execution("c1", begin - 20 * minute, "TIMED_OUT", begin - 5 * minute),
		];
		expect(await status({ expression: "rate(10 minutes)", timezone: "UTC" })).toEqual({
			text: "every 10 minutes",
			running: true,
			nextRun: time(begin + 10 * minute),
			last: { at: time(begin - 5 * minute), outcome: "timeout" },
		});
		const { out } = await aws.run("status");
		expect(out).toMatch(/schedule +active +every 10 minutes, last run ended .+ \(timeout\), next run /);
	});

	it("has the end of the last run that was not left out, however many were since", async () => {
		const begin = now() - 180 * minute;
		aws.others.executions = [
			execution("newest", begin + 151 * minute),
			...Array.from({ length: 150 }, (_, index) => {
				const at = begin + (150 - index) * minute;
				return execution(`s${index}`, at, "SUCCEEDED", at + 1);
			}),
			execution("b1", begin),
			execution("a1", begin - 10 * minute, "SUCCEEDED", begin - 5 * minute),
		];
		expect((await status({ expression: "rate(1 minute)", timezone: "UTC" }))?.last).toEqual({
			at: time(begin - 5 * minute),
			outcome: "ok",
		});
		// The machine lets the oldest work, and the newest is about to end.
		expect((await aws.json("run-etl", "--no-wait")).document).toMatchObject({
			...{ runId: "b1", joined: true, stop: expect.stringContaining("arn:b1") },
		});
	});

	it("has the times of cron in its time zone, also before the first run", async () => {
		const found = await status({ expression: "cron(30 6 ? * MON *)", timezone: "Europe/Berlin" });
		expect(found).toMatchObject({ text: "30 6 * * MON (Europe/Berlin)", running: true });
		const next = new Date(found?.nextRun ?? "");
		const words = { timeZone: "Europe/Berlin", weekday: "short", hour: "2-digit", minute: "2-digit" } as const;
		expect(next.toLocaleString("en-GB", words)).toMatch(/^Mon,? 06:30$/);
		expect(next.getTime()).toBeGreaterThan(Date.now());
		expect(found).not.toHaveProperty("last");
	});

	it("shows an expression that only AWS knows as it is, without a next run", async () => {
		expect(await status({ expression: "cron(0 6 L * ? *)", timezone: "UTC" })).toEqual({
			text: "cron(0 6 L * ? *) (UTC)",
			running: true,
		});
	});

	it("that starts nothing any more is late: 1, with when the run was due; one whose run goes or is due is not", async () => {
		const begin = now() - 100 * minute;
		await aws.deploy({ schedule: { expression: "rate(1 hour)", timezone: "UTC" } });
		aws.others.executions = [execution("a1", begin, "SUCCEEDED", begin + 60)];
		const late = await aws.run("status");
		expect(late.out).toMatch(/^schedule +late +every hour, no run started at .+, last run ended /m);
		expect(late.out).toContain("next: pulumi up");
		expect(late.code).toBe(1);
		expect(await status({ expression: "rate(1 hour)", timezone: "UTC" })).toMatchObject({
			late: time(begin + 60 * minute),
		});
		// Due 10 minutes ago.
		aws.others.executions = [execution("a1", now() - 70 * minute, "SUCCEEDED", now() - 60 * minute)];
		expect((await aws.run("status")).code).toBe(0);
		expect((await status({ expression: "cron(0 0 1 1 ? *)", timezone: "UTC" }))?.late).toBeUndefined();
	});

	it("that has not started anything yet is not late", async () => {
		await aws.deploy({ schedule: { expression: "rate(1 hour)", timezone: "UTC" } });
		aws.others.executions = [
			execution("20260101-120000-all", now() - 1000 * minute, "SUCCEEDED", now() - 990 * minute),
		];
		expect((await aws.run("status")).code).toBe(0);
	});

	it("is absent where runs begin by hand only", async () => {
		expect(await status(null)).toBeUndefined();
	});
});
