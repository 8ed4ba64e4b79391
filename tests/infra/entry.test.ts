import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { testPlace } from "../../infra/testing/mockedCloud.ts";
import { engineConfig } from "../../infra/testing/stack.ts";

const run = promisify(execFile);
const start = (config: Record<string, string>) =>
	run(process.execPath, ["--import=tsx", join(import.meta.dirname, "entry.mjs"), JSON.stringify(config)]);

it("the program loads in plain Node, as Pulumi starts it, and tells its outputs", async () => {
	const { stdout } = await start(engineConfig("dev", testPlace.region));
	expect(JSON.parse(stdout)).toMatchObject({
		version: 1,
		stack: "dev",
		region: testPlace.region,
		catalog: { database: "analytics_pipeline_dev" },
	});
});

it("a wrong configuration ends the program before it makes anything, and names every fault", async () => {
	const config = engineConfig("dev", testPlace.region, { endpointZones: 7, sourceKind: "aurora" });
	await expect(start(config)).rejects.toMatchObject({
		code: 1,
		stderr: expect.stringMatching(
			/has 2 faults:\n {2}endpointZones: 7 is more than 3\..*\n {2}sourceKind: "aurora" is none of/,
		),
	});
});

it("a dashboard's owner of another account ends the program with the reason", async () => {
	const owner = "arn:aws:quicksight:eu-west-1:444455556666:user/default/analyst";
	const config = engineConfig("dev", testPlace.region, { dashboards: "athena", quickSightPrincipals: [owner] });
	await expect(start(config)).rejects.toMatchObject({
		code: 1,
		stderr: expect.stringContaining(
			`quickSightPrincipals: "${owner}" is not of account ${testPlace.accountId}, which this deploys to.`,
		),
	});
});
