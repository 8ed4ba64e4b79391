import { describe, expect, it } from "vitest";
import { deploy } from "./deploy.ts";
import { testPlace } from "./testing/mockedCloud.ts";
import { runProgram } from "./testing/program.ts";
import { engineConfig } from "./testing/stack.ts";

const config = (changes: Parameters<typeof engineConfig>[2] = {}) => engineConfig("dev", testPlace.region, changes);
/** A dash and seven digits, by which Pulumi makes a name that nothing fixes its own. */
const appended = 8;

describe("a stack of the longest name", () => {
	it.each(["s3", "kinesis"])("with replicationTarget %s fits the names of roles and buckets", async (target) => {
		const program = await runProgram(deploy, {
			stack: "abcdefghijklm",
			config: config({ replicationTarget: target, schedule: "rate(1 hour)", lakeFormation: true }),
		});
		const tooLong = (type: string, most: number): string[] =>
			program
				.ofType(type)
				.map(({ name, inputs }) => (typeof inputs.name === "string" ? inputs.name : `${name}${"x".repeat(appended)}`))
				.filter((name) => name.length > most);
		expect(program.ofType("aws:iam/role:Role").length).toBeGreaterThan(5);
		expect(tooLong("aws:iam/role:Role", 64)).toEqual([]);
		expect(tooLong("aws:s3/bucket:Bucket", 63)).toEqual([]);
	});
});

it("a stack of a wrong name is refused before anything is made", async () => {
	await expect(runProgram(deploy, { stack: "my_stack", config: config() })).rejects.toThrow('stack: "my_stack" is not');
});

describe("the providers", () => {
	it("are held to the accounts that the stack's settings name", async () => {
		const settings = { ...config(), "aws:profile": "work", "aws:allowedAccountIds": '["111122223333"]' };
		const program = await runProgram(deploy, { stack: "dev", config: settings });
		for (const name of ["aws", "aws-native"]) {
			expect(program.named(name, `pulumi:providers:${name}`).inputs).toMatchObject({
				profile: "work",
				allowedAccountIds: '["111122223333"]',
			});
		}
	});

	it("refuse a setting that would do nothing", async () => {
		const settings = { ...config(), "aws:assumeRoles": '[{"roleArn":"arn:x"}]' };
		await expect(runProgram(deploy, { stack: "dev", config: settings })).rejects.toThrow("aws:assumeRoles: is none of");
	});
});
