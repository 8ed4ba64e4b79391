import { describe, expect, it } from "vitest";
import { withDmsRoles } from "../testing/deployed.ts";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { DmsServiceRoles } from "./dmsServiceRoles.ts";

const names = ["roles-dms-cloudwatch-logs-role", "roles-dms-vpc-role"];
const roles = (answers: Record<string, Record<string, unknown>>) =>
	runProgram(() => new DmsServiceRoles("roles").ready.apply((ready) => ready.length), { stack: "dev", answers });
const made = (program: Awaited<ReturnType<typeof roles>>) => program.ofType("aws:iam/role:Role");

describe("the roles that DMS looks for by name", () => {
	it("are made where the account lacks them, for DMS in any of its regions, and outlive the stack", async () => {
		const program = await roles({});
		expect(made(program).map(({ name, options }) => [name, options])).toEqual(
			names.map((name) => [name, ["retained"]]),
		);
		expect(program.result).toBe(2);
		expect(JSON.parse(String(made(program)[0]?.inputs.assumeRolePolicy)).Statement[0].Condition).toEqual({
			StringEquals: { "aws:SourceAccount": testEnvironment.accountId },
			ArnLike: { "aws:SourceArn": `arn:aws-test:dms:*:${testEnvironment.accountId}:*` },
		});
	});

	it("have the names that DMS looks for, AWS's own service policies, and nothing besides", async () => {
		const program = await roles({});
		expect(made(program).map(({ inputs }) => inputs)).toEqual(
			["dms-cloudwatch-logs-role", "dms-vpc-role"].map((name) => ({
				name,
				description: "Looked for by DMS by its name",
				assumeRolePolicy: expect.any(String),
			})),
		);
		const attachments = program.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
		expect(attachments.map(({ inputs, options }) => [inputs, options])).toEqual(
			[
				["dms-cloudwatch-logs-role", "AmazonDMSCloudWatchLogsRole"],
				["dms-vpc-role", "AmazonDMSVPCManagementRole"],
			].map(([role, policy]) => [
				{ role, policyArn: `arn:${testEnvironment.partition}:iam::aws:policy/service-role/${policy}` },
				["retained"],
			]),
		);
	});

	it("stay this stack's where it made them", async () => {
		const program = await roles(withDmsRoles({ Project: "analytics-pipeline", Stack: "dev", ManagedBy: "pulumi" }));
		expect(made(program).map(({ name, options }) => [name, options])).toEqual(
			names.map((name) => [name, ["retained", `import ${name.slice("roles-".length)}`]]),
		);
	});

	it.each([{}, { Project: "analytics-pipeline", Stack: "prod" }])("are left alone with tags %j", async (tags) => {
		const program = await roles(withDmsRoles(tags));
		expect(program.resources.filter(({ custom }) => custom)).toEqual([]);
		expect(program.result).toBe(0);
	});

	it("are made one by one where the account has the other", async () => {
		const one = { "aws:iam/getRoles:getRoles": { names: ["dms-vpc-role"] }, "aws:iam/getRole:getRole": { tags: {} } };
		const program = await roles(one);
		expect(made(program).map(({ name }) => name)).toEqual(["roles-dms-cloudwatch-logs-role"]);
		expect(program.result).toBe(1);
	});
});
