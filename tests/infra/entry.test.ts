import { execFile } from "node:child_process";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect } from "vitest";
import { outputsVersion } from "../../infra/outputs.ts";
import { testEnvironment } from "../../infra/testing/mockedCloud.ts";
import type { Registered } from "../../infra/testing/program.ts";
import { engineConfig } from "../../infra/testing/stack.ts";
import { it } from "../support/fixtures.ts";

const run = promisify(execFile);
const start = (config: Record<string, string>, project = "analytics-pipeline") =>
	run(process.execPath, ["--import=tsx", join(import.meta.dirname, "entry.mjs"), JSON.stringify(config), project]);

it("the program loads in plain Node, as Pulumi starts it, and tells its outputs", async () => {
	const { stdout } = await start(engineConfig("dev", testEnvironment.region));
	expect(JSON.parse(stdout)).toMatchObject({
		version: outputsVersion,
		stack: "dev",
		definition: "pipelines/shop",
		region: testEnvironment.region,
		catalog: { database: "analytics_pipeline_dev" },
	});
});

it("a project of another name, as `pulumi new` makes it of this one, takes the same stacks' files", async () => {
	const { stdout } = await start(engineConfig("dev", testEnvironment.region, {}, "sales"), "sales");
	const outputs = stdout.replaceAll(/"[^"]*analytics_pipeline_[^"]*"/g, "");
	expect(JSON.parse(stdout)).toMatchObject({ version: outputsVersion, source: { engine: "mariadb" } });
	expect(outputs).not.toContain("analytics-pipeline");
});

it("a wrong configuration ends the program before it makes anything, and names every error", async () => {
	const config = engineConfig("dev", testEnvironment.region, { endpointZones: 7, sourceKind: "aurora" });
	await expect(start(config)).rejects.toMatchObject({
		code: 1,
		stderr: expect.stringMatching(
			/has 2 errors:\n {2}endpointZones: 7 is more than 3\..*\n {2}sourceKind: "aurora" is not one of/,
		),
	});
});

it("a dashboard's owner of another account ends the program with the reason", async () => {
	const owner = "arn:aws:quicksight:eu-west-1:444455556666:user/default/analyst";
	const config = engineConfig("dev", testEnvironment.region, { dashboards: "athena", quickSightPrincipals: [owner] });
	await expect(start(config)).rejects.toMatchObject({
		code: 1,
		stderr: expect.stringContaining(
			`quickSightPrincipals: "${owner}" does not belong to account ${testEnvironment.accountId}, to which this stack is deployed.`,
		),
	});
});

it("subnets that share a zone end the program with the reason", async () => {
	const config = engineConfig("dev", testEnvironment.region, {
		vpcId: "vpc-0a",
		privateSubnetIds: ["subnet-0a", "subnet-1a", "subnet-0c"],
		routeTableIds: ["rtb-0a"],
	});
	await expect(start(config)).rejects.toMatchObject({
		code: 1,
		stderr: expect.stringContaining("subnet-0a and subnet-1a are both in eu-central-1a."),
	});
});

describe("from another folder", () => {
	const here = join(import.meta.dirname, "..", "..");
	let there: string;
	it.beforeAll(async ({ fileFolder }) => {
		there = fileFolder;
		const stacks = ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"];
		const parts = ["infra", "etl", "pipelines", ...stacks, "package.json", "tests/infra"];
		for (const part of parts) await cp(join(here, part), join(there, part), { recursive: true });
		await symlink(join(here, "node_modules"), join(there, "node_modules"));
	});

	/** Started where Pulumi starts it, in the folder of the program's entry. */
	const resources = async (folder: string, stack: string): Promise<Registered[]> => {
		const graph = join(folder, "tests", "infra", "graph.mjs");
		const options = { cwd: join(folder, "infra"), maxBuffer: 64 * 1024 * 1024 };
		const { stdout } = await run(process.execPath, ["--import=tsx", graph, stack], options);
		return JSON.parse(stdout) as Registered[];
	};

	it.each(["dev", "prod"])("the program of %s asks Pulumi for the same, down to the files to upload", async (stack) => {
		const asked = await resources(there, stack);
		expect(asked.length).toBeGreaterThan(200);
		expect(JSON.stringify(asked)).not.toContain(there);
		expect(asked).toEqual(await resources(here, stack));
		const uploads = asked.filter(({ inputs }) => JSON.stringify(inputs).includes('"file:'));
		expect(uploads.length).toBeGreaterThan(5);
	});
});
