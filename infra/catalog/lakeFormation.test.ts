import { beforeAll, describe, expect, it } from "vitest";
import { rules } from "../policy/rules.ts";
import { verdict } from "../policy/verdict.ts";
import { deployed } from "../testing/deployed.ts";
import { testEnvironment } from "../testing/mockedCloud.ts";
import type { Program } from "../testing/program.ts";

interface Statement {
	Sid: string;
	Action: string | string[];
	Resource?: string[];
	Principal?: unknown;
	Condition?: unknown;
}

const stack = "analytics-pipeline-dev";
const name = `${stack}-lake-formation`;
const roleArn = (role: string): string =>
	`arn:${testEnvironment.partition}:iam::${testEnvironment.accountId}:role/${stack}-${role}`;
const bucketArn = (zone: string): string => `arn:${testEnvironment.partition}:s3:::${stack}-lake-${zone}`;
const [raw, processed] = [bucketArn("raw"), bucketArn("processed")];
const tables = ["classicmodels", "current", "joint-tables", "models", "star-schema", "wordpress-db"];
const places = [...tables.map((prefix) => `${processed}/${prefix}`), `${raw}/clickstream-data`];

/** A stack in which every role that uses tables is there. */
const stackWith = (lakeFormation: boolean): Promise<Program> =>
	deployed("dev", {
		lakeFormation,
		jobsReadSource: true,
		warehouseKind: "serverless",
		dashboards: "athena",
		quickSightPrincipals: [
			`arn:${testEnvironment.partition}:quicksight:${testEnvironment.region}:${testEnvironment.accountId}:user/default/analyst`,
		],
	});
const statements = (document: unknown): Statement[] =>
	(JSON.parse(String(document)) as { Statement: Statement[] }).Statement;
const granted = (program: Program) =>
	program.ofType("aws:lakeformation/permissions:Permissions").map(({ inputs }) => inputs);
const ofDatabase = { name: "analytics_pipeline_dev" };
const ofTables = { databaseName: "analytics_pipeline_dev", wildcard: true };
const grants = (principal: string, onDatabase: string[], onTables: string[]) => [
	{ principal, permissions: onDatabase, database: ofDatabase },
	{ principal, permissions: onTables, table: ofTables },
];

const writers = [roleArn("jobs-role"), roleArn("catalog-crawler-role")];
const readers = [roleArn("warehouse-role"), roleArn("dashboards-role")];

/** Made one after the other: Pulumi's mocks are one for the process. */
let on: Program;
let off: Program;
beforeAll(async () => {
	on = await stackWith(true);
	off = await stackWith(false);
}, 60_000);

describe("with lakeFormation", () => {
	it("the prefixes that hold tables are registered with a role of ours, not in hybrid mode, and nothing else is", () => {
		const registered = on.ofType("aws:lakeformation/resource:Resource");
		expect(registered.map(({ inputs }) => inputs)).toEqual(
			places.map((arn) => ({ arn, roleArn: roleArn("lake-formation-role"), hybridAccessEnabled: false })),
		);
		// Registered before the role may do anything, a location would fail at its first use.
		expect(registered.every(({ dependencies }) => dependencies.includes(`${name}-role-policy`))).toBe(true);
	});

	it("that role is assumed by Lake Formation and Glue for this account, and reaches those prefixes and their key", () => {
		expect(statements(on.named(`${name}-role`).inputs.assumeRolePolicy)).toEqual([
			{
				Sid: "AssumedByService",
				Effect: "Allow",
				Principal: { Service: ["glue.amazonaws.com", "lakeformation.amazonaws.com"] },
				Action: "sts:AssumeRole",
				Condition: { StringEquals: { "aws:SourceAccount": testEnvironment.accountId } },
			},
		]);
		const configuration = on.named(`${stack}-encryption-glue`).inputs.encryptionConfiguration;
		const { s3Encryption } = configuration as { s3Encryption: { kmsKeyArn: string } };
		const may = statements(on.named(`${name}-role-policy`).inputs.policy);
		expect(may.map(({ Action, Resource }) => [Action, Resource])).toEqual([
			[
				["s3:GetBucketLocation", "s3:ListBucket"],
				[raw, processed],
			],
			[["s3:GetObject"], [`${raw}/clickstream-data/*`]],
			[
				["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
				tables.map((prefix) => `${processed}/${prefix}/*`),
			],
			[["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], [s3Encryption.kmsKeyArn]],
		]);
	});

	const everything = ["ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"];

	it("jobs and crawler get all of the tables and their places, warehouse and dashboards get to read", () => {
		const all = granted(on);
		const expected = [
			...writers.flatMap((role) => grants(role, ["CREATE_TABLE", "DESCRIBE"], everything)),
			...readers.flatMap((role) => grants(role, ["DESCRIBE"], ["DESCRIBE", "SELECT"])),
			...writers.flatMap((principal) =>
				places.map((arn) => ({ principal, permissions: ["DATA_LOCATION_ACCESS"], dataLocation: { arn } })),
			),
		];
		expect(all).toHaveLength(expected.length);
		expect(all).toEqual(expect.arrayContaining(expected));
	});

	it("jobs in the network reach it, by an endpoint that a stack without it has not", () => {
		const endpoints = (program: Program) =>
			program.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => String(inputs.serviceName));
		expect(endpoints(on).filter((service) => service.endsWith(".lakeformation"))).toHaveLength(1);
		expect(endpoints(off)).toEqual(endpoints(on).filter((service) => !service.endsWith(".lakeformation")));
	});

	it("each of them may get the data, besides what it may anyway", () => {
		const statementsOfData = on
			.ofType("aws:iam/rolePolicy:RolePolicy")
			.filter(({ inputs }) => String(inputs.policy).includes("lakeformation:"));
		expect(statementsOfData.map(({ inputs }) => inputs.role).sort()).toEqual(
			[...writers, ...readers].map((arn) => arn.split("/").at(-1)).sort(),
		);
		for (const { inputs } of statementsOfData) {
			expect(statements(inputs.policy)).toEqual([
				{ Sid: "GetDataAccess", Effect: "Allow", Action: ["lakeformation:GetDataAccess"], Resource: ["*"] },
			]);
		}
		const policies = (program: Program) =>
			program
				.ofType("aws:iam/rolePolicy:RolePolicy")
				.filter((policy) => !policy.name.startsWith(name))
				.map(({ name: called, inputs }) => ({ called, inputs }));
		expect(policies(on)).toEqual(policies(off));
	});

	it.each(Object.entries(rules))("there is no %s", (_, rule) => {
		expect(verdict(rule, on)).toEqual([]);
	});
});

it("without it, nothing of Lake Formation is made", () => {
	const made = off.resources.filter(({ custom }) => custom);
	expect(made.filter((resource) => /lake-?formation/i.test(JSON.stringify(resource)))).toEqual([]);
});
