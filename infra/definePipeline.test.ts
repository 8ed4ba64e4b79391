import { beforeAll, describe, expect, it } from "vitest";
import { definePipeline } from "./definePipeline.ts";
import { testEnvironment } from "./testing/mockedCloud.ts";
import { type Program, runProgram } from "./testing/program.ts";
import { engineConfig } from "./testing/stack.ts";

const config = (changes: Parameters<typeof engineConfig>[2] = {}) =>
	engineConfig("dev", testEnvironment.region, changes);
/** A dash and seven digits, by which Pulumi makes a name that nothing fixes its own. */
const appended = 8;

/** A stack of the longest name that is taken, held to an account by the provider's settings. */
const held = { "aws:profile": "work", "aws:allowedAccountIds": '["111122223333"]' };
const programs = new Map<string, Program>();
beforeAll(async () => {
	for (const replicationTarget of ["s3", "kinesis"]) {
		const changes = { replicationTarget, schedule: "rate(1 hour)", lakeFormation: true };
		const options = { stack: "abcdefghijklm", config: { ...config(changes), ...held } };
		programs.set(replicationTarget, await runProgram(definePipeline, options));
	}
});

describe.each(["s3", "kinesis"])("a stack of the longest name, with replicationTarget %s", (target) => {
	it("fits the names of roles and buckets", () => {
		const tooLong = (type: string, most: number): string[] =>
			(programs.get(target)?.ofType(type) ?? [])
				.map(({ name, inputs }) => (typeof inputs.name === "string" ? inputs.name : `${name}${"x".repeat(appended)}`))
				.filter((name) => name.length > most);
		expect(programs.get(target)?.ofType("aws:iam/role:Role").length).toBeGreaterThan(5);
		expect(tooLong("aws:iam/role:Role", 64)).toEqual([]);
		expect(tooLong("aws:s3/bucket:Bucket", 63)).toEqual([]);
	});

	it.each(["aws", "aws-native"])("holds the provider %s to the accounts that its settings name", (name) => {
		expect(programs.get(target)?.named(name, `pulumi:providers:${name}`).inputs).toMatchObject({
			profile: "work",
			allowedAccountIds: '["111122223333"]',
		});
	});
});

it("a stack of a wrong name is refused before anything is made", async () => {
	await expect(runProgram(definePipeline, { stack: "my_stack", config: config() })).rejects.toThrow(
		'stack: "my_stack" must contain only',
	);
});

it.each(["us-gov-west-1", "cn-north-1"])(
	"a stack in %s has no budget, which AWS does not have there",
	async (region) => {
		const program = await runProgram(definePipeline, {
			stack: "dev",
			config: engineConfig("dev", region, { monthlyBudgetUsd: 50 }),
		});
		expect(program.ofType("aws:budgets/budget:Budget")).toEqual([]);
	},
);

describe("the providers", () => {
	it("refuse a setting that would do nothing", async () => {
		const settings = { ...config(), "aws:assumeRoles": '[{"roleArn":"arn:x"}]' };
		await expect(runProgram(definePipeline, { stack: "dev", config: settings })).rejects.toThrow(
			"aws:assumeRoles: is not one of",
		);
	});
});
