import type { ConfigKey } from "../config.ts";
import { definePipeline } from "../definePipeline.ts";
import { testEnvironment } from "./mockedCloud.ts";
import { type Program, runProgram } from "./program.ts";
import { engineConfig } from "./stack.ts";

type Changes = Partial<Record<ConfigKey, unknown>>;
type Answers = Readonly<Record<string, Record<string, unknown>>>;

/** Owner of the dashboards, at the tests' place. */
const owner = `arn:${testEnvironment.partition}:quicksight:${testEnvironment.region}:${testEnvironment.accountId}:user/default/analyst`;

/** Values that Pulumi.prod.yaml leaves to its reader, and the last one to the second update. */
const own = (stack: "dev" | "prod"): Changes =>
	stack === "prod"
		? { notificationEmail: "data-platform@company.test", quickSightPrincipals: [owner], dashboardsReady: true }
		: {};

/** Programs that were run, by what they were run with: the test files of one worker share them. */
const programs = new Map<string, ReturnType<typeof run>>();

/**
 * The program of a stack, as `pulumi up` would run it, with some keys of its configuration and some answers changed.
 * Several tests get the same one, so it is frozen.
 */
export function deployed(stack: "dev" | "prod", changes: Changes = {}, answers: Answers = {}) {
	const key = JSON.stringify([stack, changes, answers]);
	const program = programs.get(key) ?? run(stack, changes, answers);
	programs.set(key, program);
	return program;
}

async function run(stack: "dev" | "prod", changes: Changes, answers: Answers) {
	const config = engineConfig(stack, testEnvironment.region, { ...own(stack), ...changes });
	const program = await runProgram(definePipeline, { stack, config, answers });
	frozen(program.resources);
	return program;
}

function frozen(value: unknown): void {
	if (typeof value !== "object" || value === null) return;
	Object.freeze(value);
	for (const item of Object.values(value)) frozen(item);
}

/** Answers of an account that has both of DMS's service roles, with these tags. */
export const withDmsRoles = (tags: Record<string, string>) => ({
	"aws:iam/getRoles:getRoles": { names: ["dms-cloudwatch-logs-role", "dms-vpc-role"] },
	"aws:iam/getRole:getRole": { tags },
});

/** Stacks that together use every component and every kind of it. */
export const everyKind: Record<string, () => Promise<Program>> = {
	dev: () => deployed("dev"),
	prod: () => deployed("prod"),
	"prod at first": () => deployed("prod", { dashboardsReady: false }),
	"changes through Kinesis": () => deployed("dev", { replicationTarget: "kinesis" }),
	"an external source, a cluster and Athena dashboards": () =>
		deployed("prod", {
			sourceKind: "external",
			sourceEngine: "mariadb",
			sourceHost: "mysql.company.test",
			sourceSecretArn: `arn:${testEnvironment.partition}:secretsmanager:${testEnvironment.region}:${testEnvironment.accountId}:secret:source-AbCdEf`,
			sourceCidr: "10.1.2.0/24",
			sourceCaCertificateFile: "infra/testing/sourceCa.pem",
			vpcId: "vpc-0123456789abcdef0",
			privateSubnetIds: ["subnet-0a", "subnet-0b", "subnet-0c"],
			routeTableIds: ["rtb-0a"],
			warehouseKind: "provisioned",
			warehouseNodes: 2,
			dashboards: "athena",
			quickSightSubscribe: true,
			quickSightAccountName: "example",
			lakeFormation: true,
			jobsReadSource: true,
		}),
	"another pipeline": () => deployed("prod", { pipeline: "tests/pipelines/library" }),
};
